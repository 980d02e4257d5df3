"""The nets of ganvas in PyTorch, by the names under which `gan -- export --format safetensors` writes their weights.

    from safetensors import safe_open
    from safetensors.torch import load_file
    import ganvas_models

    with safe_open("generator.safetensors", "pt") as file:
        net = ganvas_models.build(file.metadata())
    net.load_state_dict(load_file("generator.safetensors"), strict=True)
    images = net.eval()(torch.randn(16, net.latent))       # [16, channels, height, width] in (-1, 1)

Everything is plain PyTorch: images are [batch, channels, height, width], labels int64 [batch]. A generator is called with z
[batch, latent], and with the labels where it is told classes; a discriminator with images, and likewise, and returns logits
[batch, 1] (ACGAN's: logits and class logits [batch, classes]). Needs torch 2.
"""

import json
import math

import torch
from torch import nn
from torch.nn.utils import spectral_norm


class Stack(nn.Module):
    """Layers called one after another, whose names are those of the tensors: `fc.weight`. `beside` are layers that `forward` calls."""

    def __init__(self, layers, **beside):
        super().__init__()
        self.order = list(layers)
        for name, layer in {**beside, **layers}.items():
            self.add_module(name, layer)

    def run(self, x, labels=None, *, until=None):
        for name in self.order:
            if name == until:
                break
            layer = self.get_submodule(name)
            x = layer(x, labels) if isinstance(layer, ConditionalBatchNorm2d) else layer(x)
        return x

    forward = run


class ConditionalBatchNorm2d(nn.BatchNorm2d):
    """Batch norm whose scale and shift belong to the class (Dumoulin et al. 2017)."""

    def __init__(self, channels, classes):
        super().__init__(channels, affine=False)
        self.scale = nn.Embedding(classes, channels)
        self.shift = nn.Embedding(classes, channels)

    def forward(self, x, labels):
        return super().forward(x) * self.scale(labels)[:, :, None, None] + self.shift(labels)[:, :, None, None]


class Pack(nn.Module):
    """PacGAN: neighbours of the batch joined along the channels."""

    def __init__(self, pack):
        super().__init__()
        self.pack = pack

    def forward(self, x):
        return x.reshape(x.shape[0] // self.pack, self.pack * x.shape[1], *x.shape[2:])


class MinibatchDiscrimination(nn.Module):
    """Salimans et al. 2016: sums over the batch of exp(-L1 distance), `kernels` of them beside the features."""

    def __init__(self, features, kernels=32, dims=5):
        super().__init__()
        self.T = nn.Parameter(torch.randn(features, kernels, dims) / math.sqrt(features))

    def forward(self, x):
        m = torch.tensordot(x, self.T, 1)
        closeness = (-(m[:, None] - m[None]).abs().sum(3)).exp().sum(1)
        return torch.cat([x, closeness - 1], 1)


class MinibatchStddev(nn.Module):
    """Karras et al. 2018: the mean of the features' standard deviations over the batch, beside the features."""

    def forward(self, x):
        deviation = (x.var(0, unbiased=False) + 1e-8).sqrt().mean()
        return torch.cat([x, deviation.expand(x.shape[0], 1)], 1)


class SamePad(nn.Module):
    """A zero row below and a zero column at the right: what TensorFlow's 'same' is for a 3x3 convolution of stride 2."""

    def forward(self, x):
        return nn.functional.pad(x, (0, 1, 0, 1))


class DoublingConvTranspose2d(nn.ConvTranspose2d):
    """5x5 of stride 2 to exactly twice the size, as TensorFlow's 'same': the last row and column of PyTorch's are cut off."""

    def __init__(self, inputs, outputs):
        super().__init__(inputs, outputs, 5, stride=2, padding=1)

    def forward(self, x):
        return super().forward(x)[:, :, :-1, :-1]


# Generators


class ConcatGenerator(Stack):
    """cGAN's: the label's embedding comes beside z."""

    def forward(self, z, labels):
        return self.run(torch.cat([z, self.embed(labels)], 1))


class ProductGenerator(Stack):
    """ACGAN's: z times the label's embedding."""

    def forward(self, z, labels):
        return self.run(z * self.embed(labels))


def mlp_generator(config, data):
    example = data["example"]
    images = len(example) == 3
    activation = nn.LeakyReLU(0.2) if images else nn.ReLU()
    layers = dense([config["latent"], *config["hidden"], math.prod(example)], activation, {})
    if images:
        height, width, channels = example
        layers |= {"tanh": nn.Tanh(), "unflatten": nn.Unflatten(1, (channels, height, width))}
    return Stack(layers)


def dcgan_generator_layers(config, inputs, norm=nn.BatchNorm2d):
    levels, base = pyramid(config["size"])
    width = config["width"]
    top = width * 2 ** (levels - 1)
    layers = {
        "fc": nn.Linear(inputs, base * base * top, bias=False),
        "unflatten": nn.Unflatten(1, (top, base, base)),
        "bn1": norm(top),
        "relu1": nn.ReLU(),
    }
    for level in range(1, levels):
        channels = top // 2 ** (level - 1)
        layers[f"up{level}"] = nn.ConvTranspose2d(channels, channels // 2, 4, 2, 1, bias=False)
        layers[f"bn{level + 1}"] = norm(channels // 2)
        layers[f"relu{level + 1}"] = nn.ReLU()
    return layers | {f"up{levels}": nn.ConvTranspose2d(width, config["channels"], 4, 2, 1), "tanh": nn.Tanh()}


def dcgan_generator(config, data):
    return Stack(dcgan_generator_layers(config, config["latent"]))


def cgan_generator(config, data):
    layers = dcgan_generator_layers(config, config["latent"] + config["embedding"])
    return ConcatGenerator(layers, embed=nn.Embedding(data["classes"], config["embedding"]))


def projection_generator(config, data):
    norm = lambda channels: ConditionalBatchNorm2d(channels, data["classes"])
    return Stack(dcgan_generator_layers(config, config["latent"], norm))


def acgan_generator(config, data):
    base, width, latent = config["size"] // 4 - 4, config["width"], config["latent"]
    norm = lambda channels: nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)
    layers = {
        "fc": nn.Linear(latent, base * base * 12 * width),
        "relu1": nn.ReLU(),
        "unflatten": nn.Unflatten(1, (12 * width, base, base)),
        "up1": nn.ConvTranspose2d(12 * width, 6 * width, 5),
        "relu2": nn.ReLU(),
        "bn1": norm(6 * width),
        "up2": DoublingConvTranspose2d(6 * width, 3 * width),
        "relu3": nn.ReLU(),
        "bn2": norm(3 * width),
        "up3": DoublingConvTranspose2d(3 * width, config["channels"]),
        "tanh": nn.Tanh(),
    }
    return ProductGenerator(layers, embed=nn.Embedding(data["classes"], latent))


# Discriminators


class PlaneDiscriminator(Stack):
    """cGAN's: the label becomes an image plane beside the channels."""

    def forward(self, x, labels):
        plane = self.plane(self.embed(labels)).view(-1, 1, *x.shape[2:])
        return self.run(torch.cat([x, plane], 1))


class ClassifyingDiscriminator(Stack):
    """ACGAN's: logits and class logits."""

    def forward(self, x):
        features = self.run(x, until="fc")
        return self.fc(features), self.aux(features)


class ProjectionDiscriminator(Stack):
    """Miyato & Koyama 2018: the features' product with the class's embedding is added."""

    def forward(self, x, labels):
        features = self.run(x, until="fc")
        return self.fc(features) + self.projection(features).gather(1, labels[:, None])


def mlp_discriminator(config, data):
    sizes = [config["pack"] * math.prod(data["example"]), *reversed(config["hidden"]), 1]
    return Stack({**pack_layer(config), "flatten": nn.Flatten(), **dense(sizes, nn.LeakyReLU(0.2), config)})


def dcgan_trunk(config, channels):
    """All layers but the last, and the number of features that leave them."""
    levels, base = pyramid(config["size"])
    width, norm = config["width"], config["norm"]
    parametrized = parametrization(config)
    layers = {
        **pack_layer(config),
        "conv1": parametrized(nn.Conv2d(config["pack"] * channels, width, 4, 2, 1)),
        "leaky1": nn.LeakyReLU(0.2),
        **dropout_layer(config, 1),
    }
    for level in range(2, levels + 1):
        to = width * 2 ** (level - 1)
        layers[f"conv{level}"] = parametrized(nn.Conv2d(to // 2, to, 4, 2, 1, bias=norm == "none"))
        if norm == "batch":
            layers[f"bn{level}"] = nn.BatchNorm2d(to)
        elif norm == "instance":
            layers[f"norm{level}"] = nn.InstanceNorm2d(to, affine=True)
        elif norm == "layer":
            layers[f"norm{level}"] = nn.GroupNorm(1, to)
        layers |= {f"leaky{level}": nn.LeakyReLU(0.2), **dropout_layer(config, level)}
    seen, features = minibatch_layer(config, base * base * width * 2 ** (levels - 1))
    return {**layers, "flatten": nn.Flatten(), **seen}, features


def dcgan_discriminator(config, data, channels=None, kind=Stack, **beside):
    layers, features = dcgan_trunk(config, channels or config["channels"])
    return kind({**layers, "fc": parametrization(config)(nn.Linear(features, 1))}, **beside)


def cgan_discriminator(config, data):
    embed = nn.Embedding(data["classes"], config["embedding"])
    plane = parametrization(config)(nn.Linear(config["embedding"], config["size"] ** 2))
    return dcgan_discriminator(config, data, config["channels"] + 1, PlaneDiscriminator, embed=embed, plane=plane)


def projection_discriminator(config, data):
    _, features = dcgan_trunk(config, config["channels"])
    projection = parametrization(config)(nn.Linear(features, data["classes"], bias=False))
    return dcgan_discriminator(config, data, kind=ProjectionDiscriminator, projection=projection)


def acgan_discriminator(config, data):
    width, parametrized = config["width"], parametrization(config)
    sizes = [config["channels"], width, 2 * width, 4 * width, 8 * width]
    layers = {}
    for i in range(1, 5):
        halves = i % 2 == 1
        layers |= {f"pad{i}": SamePad()} if halves else {}
        stride, padding = (2, 0) if halves else (1, 1)
        layers[f"conv{i}"] = parametrized(nn.Conv2d(sizes[i - 1], sizes[i], 3, stride, padding))
        layers |= {f"leaky{i}": nn.LeakyReLU(0.2), **dropout_layer(config, i)}
    seen, features = minibatch_layer(config, (config["size"] // 4) ** 2 * 8 * width)
    layers |= {"flatten": nn.Flatten(), **seen, "fc": parametrized(nn.Linear(features, 1))}
    return ClassifyingDiscriminator(layers, aux=parametrized(nn.Linear(features, data["classes"])))


# Parts that several nets have


def pyramid(size):
    """How often an image is halved, and the size at which that ends."""
    return (2, 7) if size == 28 else (int(math.log2(size)) - 2, 4)


def dense(sizes, activation, config):
    parametrized = parametrization(config)
    layers = {}
    last = len(sizes) - 1
    for i in range(1, last):
        layers |= {f"fc{i}": parametrized(nn.Linear(sizes[i - 1], sizes[i])), f"activation{i}": activation}
        layers |= dropout_layer(config, i)
    seen, features = minibatch_layer(config, sizes[last - 1])
    return {**layers, **seen, f"fc{last}": parametrized(nn.Linear(features, sizes[last]))}


def parametrization(config):
    return spectral_norm if config.get("spectralNorm") else lambda layer: layer


def dropout_layer(config, index):
    return {f"dropout{index}": nn.Dropout(config["dropout"])} if config.get("dropout", 0) > 0 else {}


def pack_layer(config):
    return {"pack": Pack(config["pack"])} if config["pack"] > 1 else {}


def minibatch_layer(config, features):
    kind = config.get("minibatch", "none")
    if kind == "discrimination":
        layer = MinibatchDiscrimination(features)
        return {"minibatch": layer}, features + layer.T.shape[1]
    if kind == "stddev":
        return {"minibatch": MinibatchStddev()}, features + 1
    return {}, features


NETS = {
    "generator": {
        "mlp": mlp_generator,
        "dcgan": dcgan_generator,
        "cgan": cgan_generator,
        "acgan": acgan_generator,
        "projection": projection_generator,
    },
    "discriminator": {
        "mlp": mlp_discriminator,
        "dcgan": dcgan_discriminator,
        "cgan": cgan_discriminator,
        "acgan": acgan_discriminator,
        "projection": projection_discriminator,
    },
}


def build(metadata):
    """The module of a file, from its metadata: `net` (generator or discriminator), `config` and `data`, which are JSON.

    It has an attribute `latent`, the length of z, and `classes`, 0 where there are none.
    """
    config, data = json.loads(metadata["config"]), json.loads(metadata["data"])
    config |= {"size": data["example"][0], "channels": data["example"][-1]}
    net = NETS[metadata["net"]][config["model"]](config, data)
    net.latent, net.classes = config["latent"], data["classes"]
    return net
