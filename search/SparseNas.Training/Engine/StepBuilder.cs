using SparseNas.Networks;
using SparseNas.Training.Engine.Kernels;
using SparseNas.Training.Engine.Noise;
using SparseNas.Training.Engine.Steps;

namespace SparseNas.Training.Engine;

/// <summary>Turns the nodes of an architecture into steps; a ReLU that alone reads a node becomes part of its step, a grid follows it.</summary>
internal sealed class StepBuilder(
    Architecture architecture, InstructionSet set, LaneKernels kernels, Parameters parameters, WeightNoise? noise, BatchLanes batch, TensorSlot input,
    PlanOptions options)
{
    private readonly Shape[] shapes = options.EveryOutput
        ? [.. Enumerable.Range(0, architecture.Nodes.Length).Select(architecture.OutputOf)] : LiveShapes.Of(architecture);

    private readonly TensorSlot?[] outputs = new TensorSlot?[architecture.Nodes.Length];

    public (Step[] Steps, TensorSlot[] NodeOutputs) Build()
    {
        var steps = new List<Step>();
        for (int index = 0; index < architecture.Nodes.Length; index++)
        {
            if (outputs[index] is not null) continue;   // a ReLU that was fused
            Node node = architecture.Nodes[index];
            TensorSlot[] inputs = [.. node.Inputs.Select(source => source == Architecture.InputIndex ? input : outputs[source]!)];
            if (DropsInputOf(index)) inputs = [Dropped(inputs[0], steps)];
            if (node.Layer is Dense && noise?.FactorsOf(index) is { } factors) inputs = [Scaled(inputs[0], noise, index, factors, steps)];
            int level = inputs.Max(tensor => tensor.Level) + (node.Layer is BatchNorm ? 1 : 0);
            bool learns = ParameterCount.Of(architecture, index) != default;
            var output = new TensorSlot(shapes[index], level)
            {
                NeedsGradient = learns || inputs.Any(tensor => tensor.NeedsGradient),
            };
            outputs[index] = output;
            int? relu = node.Layer is not Relu ? FuseRelu(index, output) : null;
            steps.Add(StepOf(index, node.Layer, inputs, output, relu is not null));
            if (options.Grids.FirstOrDefault(grid => grid.Node == index) is not { } rounding) continue;
            var rounded = new TensorSlot(output.Shape, level) { NeedsGradient = output.NeedsGradient };
            steps.Add(new GridStep(kernels, output, rounded, rounding));
            outputs[index] = outputs[relu ?? index] = rounded;
        }

        return ([.. steps], [.. outputs.Select(output => output!)]);
    }

    private bool DropsInputOf(int index) =>
        options.Training && options.Dropout.Share > 0 && architecture.Nodes[index].Layer is Dense && index == architecture.Nodes.Length - 1;

    private TensorSlot Dropped(TensorSlot x, List<Step> steps)
    {
        var dropped = new TensorSlot(x.Shape, x.Level) { NeedsGradient = x.NeedsGradient };
        steps.Add(new DropoutStep(kernels, x, dropped, options.Dropout, batch));
        return dropped;
    }

    private TensorSlot Scaled(TensorSlot x, WeightNoise weightNoise, int index, GroupFactors factors, List<Step> steps)
    {
        var scaled = new TensorSlot(x.Shape, x.Level) { NeedsGradient = true };
        steps.Add(new FactorStep(kernels, x, scaled, weightNoise, index, factors));
        return scaled;
    }

    /// <summary>The ReLU that became part of node <paramref name="index"/>, or null.</summary>
    private int? FuseRelu(int index, TensorSlot output)
    {
        int[] readers = [.. architecture.ReadersOf(index).Take(2)];
        if (readers.Length != 1 || architecture.Nodes[readers[0]].Layer is not Relu) return null;
        outputs[readers[0]] = output;
        return readers[0];
    }

    private Step StepOf(int index, LayerSpec layer, TensorSlot[] inputs, TensorSlot output, bool relu)
    {
        TensorSlot x = inputs[0];
        return layer switch
        {
            Conv2D or DepthwiseConv2D or Dense => noise is null
                ? WithKernel(index, layer, parameters, x, output, relu) : WithNormalWeights(index, layer, noise, x, output, relu),
            MaxPool l => new MaxPoolStep(kernels, x, output, relu, Loops(x, output, l.Height, l.Width, l.Stride, l.Stride)),
            AvgPool l => new AveragePoolStep(kernels, x, output, relu, Loops(x, output, l.Height, l.Width, l.Stride, l.Stride)),
            GlobalAveragePool => new AveragePoolStep(kernels, x, output, relu, WholePlane(x)),
            Downsample l => Downsampling(l.Factor, x, output, relu),
            Concat => new ConcatStep(kernels, inputs, output, relu),
            Gather l => new GatherStep(kernels, x, output, relu, l.Indices),
            Greyscale => new GreyscaleStep(kernels, x, output, relu),
            Add => new AddStep(kernels, inputs, output, relu),
            Relu => new ReluStep(kernels, x, output),
            BatchNorm => new BatchNormStep(kernels, parameters, parameters.NormOf(index), x, output, relu, batch),
            _ => throw UnknownLayer.Of(layer),
        };
    }

    private Step WithKernel(int index, LayerSpec layer, Parameters own, TensorSlot x, TensorSlot output, bool relu) => layer switch
    {
        Conv2D l => new ConvolutionStep(
            set, kernels, own, own.KernelOf(index), x, output, relu,
            Rows(index, l.KernelHeight, l.Stride, l.Padding, x, output), Columns(index, l.KernelWidth, l.Stride, l.Padding, x, output)),
        DepthwiseConv2D l => new DepthwiseStep(
            set, kernels, own, own.KernelOf(index), x, output, relu,
            Rows(index, l.KernelHeight, l.Stride, l.Padding, x, output), Columns(index, l.KernelWidth, l.Stride, l.Padding, x, output)),
        Dense => new DenseStep(set, kernels, own, own.KernelOf(index), x, output, relu),
        _ => throw UnknownLayer.Of(layer),
    };

    private NormalWeightsStep WithNormalWeights(int index, LayerSpec layer, WeightNoise weightNoise, TensorSlot x, TensorSlot output, bool relu) => new(
        kernels, x, output, relu, weightNoise, index, layer is Dense ? null : weightNoise.FactorsOf(index),
        (own, from, to) => WithKernel(index, layer, own ?? parameters, from, to, relu: false));

    /// <summary>The window over what is computed of the input's rows and read of the output's.</summary>
    private Window Rows(int index, int kernel, int stride, Padding padding, TensorSlot x, TensorSlot y) =>
        Window.Of(architecture.InputOf(index).Height, kernel, stride, padding) with { Input = x.Shape.Height, Output = y.Shape.Height };

    /// <summary>The same for columns.</summary>
    private Window Columns(int index, int kernel, int stride, Padding padding, TensorSlot x, TensorSlot y) =>
        Window.Of(architecture.InputOf(index).Width, kernel, stride, padding) with { Input = x.Shape.Width, Output = y.Shape.Width };

    private AveragePoolStep Downsampling(int factor, TensorSlot x, TensorSlot output, bool relu)
    {
        int height = x.Shape.Height == 1 ? 1 : factor, width = x.Shape.Width == 1 ? 1 : factor;
        return new AveragePoolStep(kernels, x, output, relu, Loops(x, output, height, width, height, width));
    }

    /// <summary>One window over everything: its rows lie one behind the other, like one long row.</summary>
    private static PoolLoops WholePlane(TensorSlot x)
    {
        int pixels = x.Shape.Height * x.Shape.Width;
        return new PoolLoops(x.Shape.Channels, 1, pixels, 1, 1, 1, pixels, 1, 1);
    }

    private static PoolLoops Loops(TensorSlot x, TensorSlot y, int height, int width, int rowStride, int columnStride) => new(
        x.Shape.Channels, x.Shape.Height, x.Shape.Width, y.Shape.Height, y.Shape.Width, height, width, rowStride, columnStride);
}
