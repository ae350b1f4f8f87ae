using System.Collections.Immutable;

namespace SparseNas.Training;

/// <summary>How gradients become steps.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with momentum.</summary>
    Sgd,

    /// <summary>The same with Nesterov's look-ahead.</summary>
    Nesterov,

    /// <summary>Adam (Kingma and Ba 2015); weight decay is added to the gradient.</summary>
    Adam,

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019).</summary>
    AdamW,
}

/// <summary>How the learning rate runs after warm-up.</summary>
public enum ScheduleKind
{
    /// <summary>The same rate throughout.</summary>
    Constant,

    /// <summary>Half a cosine down to zero.</summary>
    Cosine,

    /// <summary>Divided by ten at one half and at three quarters of the steps.</summary>
    Step,

    /// <summary>Up to the rate in the first 30 % of the steps, then down by a cosine (Smith 2018).</summary>
    OneCycle,
}

/// <summary>Everything about a training run except data, architecture and seed. Units: epochs, fractions of one step, pixels, degrees.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the training data, at least 1.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Images per step, 1 to 1024.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Optimiser.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Sgd;

    /// <summary>Highest learning rate, positive.</summary>
    public float LearningRate { get; init; } = 0.05f;

    /// <summary>Momentum (or Adam's first decay), 0 to 1 exclusive.</summary>
    public float Momentum { get; init; } = 0.9f;

    /// <summary>L2 weight decay on kernels, not on biases or batch norm; 0 or more.</summary>
    public float WeightDecay { get; init; } = 1e-4f;

    /// <summary>Schedule of the learning rate.</summary>
    public ScheduleKind Schedule { get; init; } = ScheduleKind.Cosine;

    /// <summary>Epochs of linear warm-up, a fraction is allowed.</summary>
    public float WarmUpEpochs { get; init; } = 0.5f;

    /// <summary>Largest norm of the whole gradient, or 0 for no clipping.</summary>
    public float GradientClip { get; init; }

    /// <summary>Share of the target spread over all classes, 0 to 1 exclusive.</summary>
    public float LabelSmoothing { get; init; }

    /// <summary>Random changes to training images.</summary>
    public Augmentation Augmentation { get; init; } = Augmentation.None;

    /// <summary>
    /// α of the Beta distribution that images and labels of a batch are mixed by (Zhang et al. 2018), 0 for none; 0.1 to 0.4 is usual.
    /// </summary>
    public float Mixup { get; init; }

    /// <summary>Share of the last dense layer's inputs that is dropped at random in every step, 0 to 1 exclusive (Srivastava et al. 2014).</summary>
    public float Dropout { get; init; }

    /// <summary>A teacher, or null.</summary>
    public Distillation? Distillation { get; init; }

    /// <summary>Activations that are rounded while training; none in floating-point training.</summary>
    public ImmutableArray<ActivationGrid> ActivationGrids { get; init; } = [];
}
