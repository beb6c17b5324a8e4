"""Sources: what the facts on these pages rest on, page by page."""

import re

import streamlit as st

from pages import _kit
from pages._ideas import IDEAS

BY_PAGE = {
    "motion": [
        "Wei et al. *Arrow of Time*, CVPR 2018: forward against backward as a training signal.",
        "Sevilla-Lara et al., 2021: temporal classes, found by showing people shuffled frames.",
        "Bertasius, Wang, Torresani. *Is Space-Time Attention All You Need for Video "
        "Understanding?* ICML 2021, arXiv 2102.05095, Table 1: without attention over time 76.9 % "
        "on Kinetics-400 (78.0 with), but 36.6 % on Something-Something V2 (59.5 with).",
        "Choi et al., 2019: a scene network with a linear "
        "layer reaches 59.7 % on UCF-101, where chance is 1.0 %.",
    ],
    "sampling": [
        "Wang et al. *Temporal Segment Networks.* ECCV 2016, arXiv 1608.00859: Table 3 for "
        "max 91.6, average 93.5, weighted 92.4 (UCF-101 split 1, two streams).",
        "yjxiong/tsn-pytorch: random in the segment for training, its centre for validation.",
        "Feichtenhofer, Fan, Malik, He. *SlowFast Networks for Video Recognition.* ICCV 2019, "
        "arXiv 1812.03982; facebookresearch/SlowFast for frame counts and the slow index.",
        "Tong et al. *VideoMAE.* NeurIPS 2022, arXiv 2203.12602: dense clips on Kinetics, "
        "segments on Something-Something V2; views at test time 5 × 3 and 2 × 3.",
        "Arnab et al. *ViViT.* ICCV 2021, arXiv 2103.15691: views 4 × 3 or 1 × 3.",
    ],
    "flow": [
        "Lucas, Kanade. *An Iterative Image Registration Technique.* IJCAI 1981.",
        "Horn, Schunck. *Determining Optical Flow.* Artificial Intelligence 17, 1981.",
        "Bouguet. *Pyramidal Implementation of the Lucas Kanade Feature Tracker*, 2000; Black, "
        "Anandan, 1996, for robust weights; Sun, Roth, Black, IJCV 2014, for the median.",
        "Shi, Tomasi. *Good Features to Track.* CVPR 1994: the smaller eigenvalue as a test.",
        "Sundaram, Brox, Keutzer, ECCV 2010: the forward-backward check.",
        "Baker et al. *A Database and Evaluation Methodology for Optical Flow.* IJCV 2011: colour "
        "wheel, RubberWhale, interpolation error.",
        "Farneback, SCIA 2003, and Kroeger et al., ECCV 2016 (DIS), as OpenCV has them.",
    ],
    "raft": [
        "Teed, Deng. *RAFT: Recurrent All-Pairs Field Transforms for Optical Flow.* ECCV 2020; "
        "princeton-vl/RAFT for 12 corrections, torchvision for the small network's layout. It "
        "replaces handcrafted matching; the iteration remains, learned.",
        "Dosovitskiy et al. *FlowNet.* ICCV 2015: FlyingChairs, three examples, measured only.",
    ],
    "conv3d": [
        "Tran, Bourdev, Fergus, Torresani, Paluri. *Learning Spatiotemporal Features with 3D "
        "Convolutional Networks* (C3D). ICCV 2015: 3 × 3 × 3 throughout, 16 × 112 × 112. "
        "Convolution through time is older: Ji et al., PAMI 2013.",
        "Carreira, Zisserman. *Quo Vadis, Action Recognition?* (I3D). CVPR 2017, arXiv 1705.07750: "
        "inflation, section 2.4; deepmind/kinetics-i3d for 68.4 without and 71.1 with ImageNet "
        "weights (RGB, Kinetics) and for its zero padding.",
        "Tran et al. *A Closer Look at Spatiotemporal Convolutions* (R(2+1)D). CVPR 2018, arXiv "
        "1711.11248: 64.8 against 61.8 with 8 frames, 68.0 against 64.2 with 16 (18 layers, video "
        "top-1 on Kinetics); facebookresearch/VMZ for parameters and cost.",
        "Lin, Gan, Han. *TSM.* ICCV 2019; mit-han-lab/temporal-shift-module for 70.6 and 74.1.",
        "Arnab et al. *ViViT.* ICCV 2021, arXiv 2103.15691: the filter in the central frame.",
        "Adelson, Bergen. *Spatiotemporal energy models for the perception of motion.* 1985.",
    ],
    "twostream": [
        "Simonyan and Zisserman. *Two-Stream Convolutional Networks for Action Recognition in "
        "Videos.* NIPS 2014, Tables 1 and 4: on UCF-101, three splits, spatial 73.0, temporal 83.7 "
        "(trained on UCF and HMDB; 81.0 on split 1 of UCF alone), averaged 86.9, linear SVM 88.0. "
        "Section 5: flow 0.06 s a pair on a GPU, 1.5 TB raw, 27 GB as JPEG.",
        "Chatfield et al. *Return of the Devil in the Details.* 2014: the layers of CNN-M-2048.",
        "Chapelle. *Training a Support Vector Machine in the Primal.* Neural Computation 2007.",
        "Flow beside 3D networks on Kinetics: deepmind/kinetics-i3d for I3D, 71.1 and 74.2; "
        "SlowFast (ICCV 2019), Table 2, for R(2+1)D, 72.0 and 73.9.",
    ],
    "slowfast": [
        "Feichtenhofer, Fan, Malik, He. *SlowFast Networks for Video Recognition.* ICCV 2019, "
        "arXiv 1812.03982: sections 3 and 4; Table 1 for the layout, Table 2 for the variants, "
        "Table 5a for the links (73.5 without, 75.6 with; 36.1 GFLOPs, Slow alone 27.3), Table 5b "
        "for β.",
        "facebookresearch/SlowFast: configs, MODEL_ZOO (75.6, 77.0), the loader's slow index, the "
        "links' kernels (5, and 7 for 8×8 on ResNet-50).",
        "facebookresearch/pytorchvideo, `models.hub.slowfast`: the other names of its weights.",
    ],
    "attention": [
        "Bertasius, Wang, Torresani, 2021 (TimeSformer): Table 1 for the schemes, Table 4 for the "
        "positions; facebookresearch/TimeSformer, `vit.py`, for the blocks and the order of steps.",
        "Arnab et al., 2021 (ViViT): Table 2 for the four models, Tables 4 and 5a for sizes and "
        "views; google-research/scenic for the released ones.",
        "Total cost of TimeSformer, 196 and 180 GFLOPs at 8 frames: Tong et al., 2022, which also "
        "trains joint attention on 1,568 tokens.",
        "Vondrick et al. *Tracking Emerges by Colorizing Videos.* ECCV 2018: the objective of the "
        "networks that copy colour; Zhang et al. *Colorful Image Colorization.* ECCV 2016: rare "
        "colours count more.",
        "Abnar, Zuidema. *Quantifying Attention Flow in Transformers.* ACL 2020: rollout.",
        "Vaswani et al. *Attention Is All You Need.* NIPS 2017: the scaled dot product.",
    ],
    "videomae": [
        "Tong, Song, Wang, Wang. *VideoMAE: Masked Autoencoders are Data-Efficient Learners for "
        "Self-Supervised Video Pre-Training.* NeurIPS 2022, arXiv 2203.12602: tubes, 90 %, the "
        "ablation of masks (ViT-B), HMDB-51 from about 3,500 videos, pretraining time.",
        "MCG-NJU/VideoMAE: masking generator (176 of 196 places), scripts at 0.9 and, for "
        "UCF-101, 0.75, the layout of the weights; Hugging Face's layout beside it.",
        "He et al. *Masked Autoencoders Are Scalable Vision Learners.* CVPR 2022: images at 75 %.",
        "Trockman, Kolter. *Mimetic Initialization of Self-Attention Layers.* ICML 2023: how our "
        "small network starts.",
    ],
    "alignment": [
        "Wang et al. *InternVideo2.* 2024, arXiv 2403.15377: three stages, the first against two "
        "teachers; its repository, OpenGVLab/InternVideo, for what came after.",
        "van den Oord, Li, Vinyals. *Representation Learning with Contrastive Predictive Coding.* "
        "2018, arXiv 1807.03748: the contrastive loss.",
        "Radford et al. *Learning Transferable Visual Models From Natural Language Supervision.* "
        "ICML 2021, arXiv 2103.00020: both ways at once, and a learned temperature.",
        "Khosla et al. *Supervised Contrastive Learning.* NeurIPS 2020, arXiv 2004.11362: several "
        "right answers.",
    ],
}
CLIPS = [
    "Frame rates, pixel aspect and rotation as FFmpeg reports them; H.264 as coded by x264 "
    "with the settings shown beside the figure.",
]


def linked(line: str) -> str:
    """Turn the number of a preprint into its link."""
    return re.sub(r"arXiv (\d{4}\.\d{5})", r"[arXiv \1](https://arxiv.org/abs/\1)", line)


def listed(heading: str, lines: list[str]) -> None:
    """Show one section."""
    st.header(heading, anchor=False)
    st.markdown("\n".join(f"- {linked(line)}" for line in lines))


_kit.opening("Sources", "Every fact on these pages, and where it was read.")
for idea in IDEAS:
    listed(f"{idea.term} · {idea.title}", BY_PAGE[idea.page])
listed("Clips and codecs", CLIPS)
