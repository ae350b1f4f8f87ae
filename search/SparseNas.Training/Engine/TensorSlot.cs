using SparseNas.Networks;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine;

/// <summary>
/// Where one activation and its gradient live. A tensor that crosses a batch-norm barrier is kept for every block of the batch; one that is only
/// passed on inside a <see cref="Stage"/> has room for a few channels; any other has room for one block, used again by the next.
/// </summary>
internal sealed unsafe class TensorSlot(Shape shape, int level)
{
    private float* value;
    private float* gradient;
    private nint valueStride;
    private nint gradientStride;
    private nint valuePlane;
    private nint gradientPlane;

    /// <summary>Extent of one image.</summary>
    public Shape Shape { get; } = shape;

    /// <summary>Batch norms on the longest way from the input: the phase that computes it.</summary>
    public int Level { get; } = level;

    /// <summary>Whether a parameter lies before it.</summary>
    public bool NeedsGradient { get; set; }

    /// <summary>Whether the value is kept for all blocks.</summary>
    public bool KeepsValue { get; set; }

    /// <summary>Whether the gradient is kept for all blocks.</summary>
    public bool KeepsGradient { get; set; }

    /// <summary>
    /// The channels that its value, and the gradient that is not kept, has room for where it is only passed on inside a stage, that many at a time; else 0.
    /// </summary>
    public int PassingChannels { get; set; }

    /// <summary>Whether it is only passed on inside a stage.</summary>
    public bool IsPassing => PassingChannels > 0;

    /// <summary>Whether its only reader applies the gradient of the ReLU it ends with, so that its producer need not.</summary>
    public bool GradientIsMasked { get; set; }

    /// <summary>Whether the gradient of a channel is the same for all its pixels, and has room for one.</summary>
    public bool GradientIsUniform { get; set; }

    /// <summary>Whether the gradient is not kept over the barrier but computed again, from the smaller gradient that a depthwise layer of stride 2 reads.</summary>
    public bool GradientIsRegained { get; set; }

    /// <summary>Floats of one block.</summary>
    public nint BlockElements => (nint)Shape.Elements * LaneBlock.Images;

    /// <summary>Floats of one channel of a block.</summary>
    public nint PlaneElements => (nint)Shape.Height * Shape.Width * LaneBlock.Images;

    /// <summary>Floats of one channel of a block's gradient.</summary>
    public nint GradientPlaneElements => GradientIsUniform ? LaneBlock.Images : PlaneElements;

    /// <summary>Floats of the value of a block in memory.</summary>
    public nint ValueElements => PlaneElements * (IsPassing && !KeepsValue ? PassingChannels : Shape.Channels);

    /// <summary>Floats of the gradient of a block in memory.</summary>
    public nint GradientElements => GradientPlaneElements * (IsPassing && !KeepsGradient ? PassingChannels : Shape.Channels);

    /// <summary>The activation of a block.</summary>
    public float* Value(int block) => value + (block * valueStride);

    /// <summary>The gradient of a block.</summary>
    public float* Gradient(int block) => gradient + (block * gradientStride);

    /// <summary>The activation of a block from a channel on; of a tensor that is passed on, the first of those it has room for.</summary>
    public float* Value(int block, int channel) => Value(block) + (channel * valuePlane);

    /// <summary>The gradient of a block from a channel on, likewise.</summary>
    public float* Gradient(int block, int channel) => Gradient(block) + (channel * gradientPlane);

    /// <summary>Decides where the value lives.</summary>
    public void PlaceValue(float* memory)
    {
        value = memory;
        valueStride = KeepsValue ? BlockElements : 0;
        valuePlane = IsPassing && !KeepsValue ? 0 : PlaneElements;
    }

    /// <summary>Lets the gradient of every block live where the kept one of <paramref name="other"/> does.</summary>
    public void ShareGradient(TensorSlot other)
    {
        KeepsGradient = true;
        PlaceGradient(other.gradient);
    }

    /// <summary>Decides where the gradient lives.</summary>
    public void PlaceGradient(float* memory)
    {
        gradient = memory;
        gradientStride = KeepsGradient ? GradientElements : 0;
        gradientPlane = IsPassing && !KeepsGradient ? 0 : GradientPlaneElements;
    }
}
