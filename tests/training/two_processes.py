"""What `torchrun` starts in the test of two processes: the toy recipe, into the folder given."""

import sys
from pathlib import Path

import torch.distributed as dist

from tests.training.toy import TOY
from training.loop import train

if __name__ == "__main__":
    train(TOY, 0, folder=Path(sys.argv[1]))
    dist.destroy_process_group()
