using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Quantization.Execution.Lanes;

/// <summary>A network bound to tensors of sixteen images: write lanes, run, read lanes.</summary>
internal sealed class LaneProgram
{
    private readonly LaneTensor input;
    private readonly LaneTensor?[] outputs;
    private readonly PinnedBuffer<int> logits;
    private readonly LaneStep[] steps;
    private readonly IntegerInstructions instructions;
    private readonly int classes;

    /// <summary>Allocates every tensor and packs every weight.</summary>
    public LaneProgram(QuantizedNetwork network, IntegerInstructions instructions)
    {
        this.instructions = instructions;
        classes = network.Classes;
        input = new LaneTensor(network.Graph.Input, network.Input.ZeroPoint);
        int cells = (classes + LaneTensor.CellChannels - 1) / LaneTensor.CellChannels;
        logits = new PinnedBuffer<int>(cells * LaneTensor.CellBytes);
        int last = network.Operators.Length - 1;
        outputs = [.. network.Operators.Take(last).Select(op => new LaneTensor(op.Operator.Output, op.Output.ZeroPoint)), null];
        steps = [.. network.Operators.Select((op, index) => Step(network, op, outputs[index]))];
    }

    /// <summary>Puts an image into a lane.</summary>
    public void Write(int lane, ReadOnlySpan<byte> image) => input.Write(lane, image);

    /// <summary>Runs all operators over all lanes.</summary>
    public void Run()
    {
        foreach (LaneStep step in steps) step.Run(instructions);
    }

    /// <summary>The logits of a lane.</summary>
    public int[] Logits(int lane)
    {
        var row = new int[classes];
        CopyLogits(lane, row);
        return row;
    }

    /// <summary>Copies the logits of a lane.</summary>
    public void CopyLogits(int lane, Span<int> row)
    {
        for (int index = 0; index < classes; index++) row[index] = logits.Span[(index * LaneTensor.Images) + lane];
    }

    /// <summary>Every operator's output for a lane.</summary>
    public OperatorOutputs Outputs(int lane) => new([.. outputs.OfType<LaneTensor>().Select(tensor => tensor.Read(lane))], Logits(lane));

    private LaneStep Step(QuantizedNetwork network, QuantizedOperator op, LaneTensor? output)
    {
        ImmutableArray<int> sources = op.Operator.Inputs;
        LaneTensor first = Tensor(sources[0]);
        int floor = op.Operator.HasRelu ? op.Output.ZeroPoint : 0;
        return op switch
        {
            QuantizedKernel or QuantizedMean => DotStep.Of(op, network.FormatOf(sources[0]), first, output, output is null ? logits : null),
            QuantizedMaxPool => new MaxStep(first, output!, Taps.PoolOffsets(op.Operator, first), floor),
            QuantizedAdd o => new AddStep(o, first, Tensor(sources[1]), output!),
            QuantizedConcat o => new ConcatStep(o, first, Tensor(sources[1]), output!),
            QuantizedGather o => new GatherStep(first, output!, o.Indices, o.Minimum),
            QuantizedGreyscale => new GreyscaleStep(first, output!, floor),
            QuantizedRelu o => new MaxStep(first, output!, Taps.PixelOffsets(first), o.Output.ZeroPoint),
            _ => throw new InvalidOperationException($"Operator '{op.GetType().Name}' is not handled here; the set is closed in QuantizedOperator."),
        };
    }

    private LaneTensor Tensor(int index) => index == Architecture.InputIndex ? input : outputs[index]!;
}
