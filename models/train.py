"""Trains the demo's residual network for handwritten digits and writes it as ONNX.

Started by train.ts, which writes the digits and measures the result: this script never sees the test digits.

    python train.py DATA OUT

DATA holds `training.images`, `training.labels`, `validation.images` and `validation.labels`: a byte for each pixel and
for each label. OUT receives `model.onnx` and `training.json`.
"""

import json
import math
import sys
import time
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from torch import nn
from torch.nn import functional as F

SEED = 1
EPOCHS = 24
BATCH = 64
LEARNING_RATE = 3e-3
WEIGHT_DECAY = 5e-4
LABEL_SMOOTHING = 0.05
# Of MNIST's pixels; the description tells them to whoever prepares an image.
MEAN, STD = 0.1307, 0.3081
STAGES = (12, 24, 48)
BLOCKS_PER_STAGE = 2
# Float results of two runs are the same only with the same number of threads.
THREADS = 2


class Block(nn.Module):
    """The basic block of He et al., "Deep Residual Learning for Image Recognition" (CVPR 2016), with a projection
    shortcut (option B) where the shape changes."""

    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.projection = None
        if stride != 1 or inputs != outputs:
            self.projection = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
            self.projection_norm = nn.BatchNorm2d(outputs)

    def forward(self, x):
        shortcut = x if self.projection is None else self.projection_norm(self.projection(x))
        x = F.relu(self.norm1(self.conv1(x)))
        return F.relu(self.norm2(self.conv2(x)) + shortcut)


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, STAGES[0], 3, 1, 1, bias=False)
        self.stem_norm = nn.BatchNorm2d(STAGES[0])
        self.blocks = nn.ModuleList()
        inputs = STAGES[0]
        for stage, outputs in enumerate(STAGES):
            for block in range(BLOCKS_PER_STAGE):
                self.blocks.append(Block(inputs, outputs, 2 if stage > 0 and block == 0 else 1))
                inputs = outputs
        self.head = nn.Linear(inputs, 10)

    def forward(self, x):
        x = F.relu(self.stem_norm(self.stem(x)))
        for block in self.blocks:
            x = block(x)
        return self.head(x.mean((2, 3)))


def load(folder: Path, part: str):
    images = torch.from_numpy(np.fromfile(folder / f"{part}.images", np.uint8).reshape(-1, 1, 28, 28))
    labels = torch.from_numpy(np.fromfile(folder / f"{part}.labels", np.uint8)).long()
    return images.float() / 255, labels


def normalized(images):
    return (images - MEAN) / STD


def augmented(images):
    """Each image turned by up to 12 degrees, sheared, scaled by 0.8 to 1.1 and shifted by up to 2.5 pixels.

    What lies outside of the image is black in one half of the cases and has the mean value in the other, because that
    is what an image which is not square is filled up with.
    """
    n = len(images)

    def between(low, high):
        return torch.empty(n).uniform_(low, high)

    angle, shear = between(-12, 12) * math.pi / 180, between(-0.15, 0.15)
    # The matrix maps places of the result to places of the source, so a larger scale makes the digit smaller.
    across, down = 1 / between(0.8, 1.1), 1 / between(0.8, 1.1)
    matrix = torch.zeros(n, 2, 3)
    matrix[:, 0, 0], matrix[:, 0, 1] = across * torch.cos(angle), across * (shear - torch.sin(angle))
    matrix[:, 1, 0], matrix[:, 1, 1] = down * torch.sin(angle), down * torch.cos(angle)
    matrix[:, :, 2] = torch.empty(n, 2).uniform_(-2.5, 2.5) / 14
    grid = F.affine_grid(matrix, list(images.shape), align_corners=False)
    inside = F.grid_sample(torch.ones_like(images), grid, align_corners=False)
    fill = MEAN * torch.randint(0, 2, (n, 1, 1, 1))
    return F.grid_sample(images, grid, align_corners=False) + (1 - inside) * fill


@torch.no_grad()
def correct(model, images, labels) -> int:
    model.eval()
    return sum(
        int((model(normalized(x)).argmax(1) == y).sum()) for x, y in zip(images.split(250), labels.split(250))
    )


def train(model, training, validation):
    images, labels = training
    optimizer = torch.optim.AdamW(model.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    steps = EPOCHS * (len(images) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps)
    start = time.monotonic()
    for epoch in range(EPOCHS):
        model.train()
        total = 0.0
        order = torch.randperm(len(images))
        for batch in order.split(BATCH):
            if len(batch) < BATCH:
                continue
            logits = model(normalized(augmented(images[batch])))
            loss = F.cross_entropy(logits, labels[batch], label_smoothing=LABEL_SMOOTHING)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * BATCH
        print(
            f"epoch {epoch + 1} of {EPOCHS}: loss {total / len(images):.4f}, "
            f"validation {correct(model, *validation)} of {len(validation[0])}, "
            f"{time.monotonic() - start:.0f} s",
            flush=True,
        )


class Graph:
    """Collects the nodes and weights of the ONNX graph, with the batch normalization inside the convolutions."""

    def __init__(self):
        self.nodes = []
        self.weights = []

    def add(self, operator: str, name: str, inputs: list[str], **attributes) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [name], name, **attributes))
        return name

    def weight(self, name: str, value) -> str:
        self.weights.append(numpy_helper.from_array(value.detach().numpy().astype(np.float32), name))
        return name

    def conv(self, name: str, x: str, conv, norm) -> str:
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        weight = self.weight(f"{name}.weight", conv.weight * scale[:, None, None, None])
        bias = self.weight(f"{name}.bias", norm.bias - norm.running_mean * scale)
        return self.add(
            "Conv",
            name,
            [x, weight, bias],
            kernel_shape=list(conv.kernel_size),
            pads=list(conv.padding) * 2,
            strides=list(conv.stride),
        )


def export(model) -> onnx.ModelProto:
    model.eval()
    graph = Graph()
    x = graph.add("Relu", "stem.relu", [graph.conv("stem", "image", model.stem, model.stem_norm)])
    for number, block in enumerate(model.blocks):
        name = f"block{number + 1}"
        shortcut = x
        if block.projection is not None:
            shortcut = graph.conv(f"{name}.projection", x, block.projection, block.projection_norm)
        x = graph.add("Relu", f"{name}.relu1", [graph.conv(f"{name}.conv1", x, block.conv1, block.norm1)])
        x = graph.conv(f"{name}.conv2", x, block.conv2, block.norm2)
        x = graph.add("Add", f"{name}.add", [x, shortcut])
        x = graph.add("Relu", f"{name}.relu2", [x])
    x = graph.add("Flatten", "flatten", [graph.add("GlobalAveragePool", "pool", [x])])
    weight, bias = graph.weight("head.weight", model.head.weight), graph.weight("head.bias", model.head.bias)
    graph.add("Gemm", "logits", [x, weight, bias], transB=1)
    proto = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "resnet-mnist",
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 1, 28, 28])],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 10])],
            graph.weights,
        ),
        producer_name="airo",
        ir_version=8,
        opset_imports=[helper.make_opsetid("", 17)],
    )
    onnx.checker.check_model(proto, full_check=True)
    return proto


@torch.no_grad()
def largest_difference(model, proto, images) -> float:
    """Between the logits of the trained model and of what was exported."""
    x = normalized(images)
    (exported,) = ReferenceEvaluator(proto).run(None, {"image": x.numpy()})
    return float(np.abs(exported - model(x).numpy()).max())


def main(data: Path, out: Path):
    torch.manual_seed(SEED)
    torch.set_num_threads(THREADS)
    torch.use_deterministic_algorithms(True)
    training, validation = load(data, "training"), load(data, "validation")
    model = ResNet()
    train(model, training, validation)
    proto = export(model)
    difference = largest_difference(model, proto, validation[0][:20])
    if difference > 1e-4:
        raise SystemExit(f"The exported model differs from the trained one by {difference}.")
    (out / "model.onnx").write_bytes(proto.SerializeToString(deterministic=True))
    widths = ", ".join(str(width) for width in STAGES[:-1])
    facts = {
        "architecture": f"residual network of {len(model.blocks)} basic blocks, "
        f"{BLOCKS_PER_STAGE} each with {widths} and {STAGES[-1]} channels",
        "parameters": sum(math.prod(weight.dims) for weight in proto.graph.initializer),
        "mean": MEAN,
        "std": STD,
        "epochs": EPOCHS,
        "seed": SEED,
        "framework": f"PyTorch {torch.__version__.split('+')[0]}",
    }
    (out / "training.json").write_text(json.dumps(facts))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("usage: python train.py DATA OUT")
    main(Path(sys.argv[1]), Path(sys.argv[2]))
