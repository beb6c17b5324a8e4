"""Train, test and ship: `python -m training.train NAME [--seed 0,1,2]`."""

import argparse

from training.evaluate import finish
from training.loop import ranks, seeds, train
from training.recipes import RECIPES


def main() -> None:
    """Train, evaluate on the test set, and export what reaches its floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=sorted(RECIPES))
    parser.add_argument("--seed", default="0", help="one, or several with commas")
    parser.add_argument("--only", action="store_true", help="train only: no test, no export")
    options = parser.parse_args()
    for seed in seeds(options.seed):
        run = train(RECIPES[options.name], seed)
        if not options.only and ranks()[0] == 0:
            finish(RECIPES[options.name], seed, run)


if __name__ == "__main__":
    main()
