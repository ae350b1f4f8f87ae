using SparseNas.Boards;
using SparseNas.Codegen.Emission.Code;
using SparseNas.Codegen.Emission.Kernels;
using SparseNas.Networks;

namespace SparseNas.Codegen.Costs;

/// <summary>
/// The least cycles that any strategy can need, from shapes alone. Each living tap inside the image costs one load and one addition, or a packed
/// product shared by as many lanes as accumulators of that many taps leave room for. Overheads, outputs and everything without weights count nothing.
/// </summary>
/// <example><code>
/// long cycles = CycleBound.For(board.CostTable).Of(graph, index => 1.0);   // nothing pruned
/// </code></example>
public sealed class CycleBound
{
    /// <summary>A tap that is read adds at least this many codes to its accumulator's range.</summary>
    private const int CodesPerTap = byte.MaxValue;

    private readonly double load, add, packed;

    private CycleBound(double load, double add, double packed)
    {
        this.load = load;
        this.add = add;
        this.packed = packed;
    }

    /// <summary>The bound on one core.</summary>
    public static CycleBound For(CostTable costs)
    {
        double Cheapest(params string[] names) => names.Select(name => costs.Opcodes.TryGetValue(name, out OpcodeCost? cost) ? cost.Cycles : double.MaxValue).Min();
        double load = Cheapest("ldloc.0", "ldloc.s", "ldloc", "ldelem.u1", "dup"), add = Cheapest("add");
        return new CycleBound(load, add, load + add + Cheapest("mul") + Cheapest("ldc.i8", "ldc.i4", "ldc.i4.s"));
    }

    /// <summary>The least cycles of a network.</summary>
    /// <param name="graph">Its operators.</param>
    /// <param name="alive">Share of the weights of an operator that are not zero, above 0 to 1.</param>
    public long Of(OperatorGraph graph, Func<int, double> alive)
    {
        double cycles = 0;
        for (int index = 0; index < graph.Operators.Length; index++)
        {
            (long macs, int taps) = Inside(graph, index);
            if (macs == 0) continue;
            double share = alive(index);
            int livingTaps = share < 1 ? 1 : taps;   // pruning may leave an output a single tap, and then as many lanes as codes allow
            cycles += macs * share * Math.Min(load + add, packed / Lanes(livingTaps, graph.Operators[index].Output.Channels));
        }

        return (long)cycles;
    }

    private static int Lanes(int taps, int outputs)
    {
        int bits = 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)taps * CodesPerTap);
        return Math.Max(1, Math.Min(outputs, LaneGroup.UsableBits(DeviceType.Long) / bits));
    }

    /// <summary>Multiply-accumulates inside the image, and the taps that each output reads at most.</summary>
    private static (long Macs, int Taps) Inside(OperatorGraph graph, int index)
    {
        Operator op = graph.Operators[index];
        Shape input = graph.InputOf(index);
        return op.Layer switch
        {
            Conv2D l => (Positions(input, l.KernelHeight, l.KernelWidth, l.Stride, l.Padding) * input.Channels * l.OutputChannels, l.KernelHeight * l.KernelWidth * input.Channels),
            DepthwiseConv2D l => (Positions(input, l.KernelHeight, l.KernelWidth, l.Stride, l.Padding) * input.Channels, l.KernelHeight * l.KernelWidth),
            Dense l => ((long)l.OutputFeatures * input.Elements, input.Elements),
            MaxPool or AvgPool or GlobalAveragePool or Add or Concat or Gather or Downsample or Greyscale or Relu => (0, 0),
            _ => throw UnknownLayer.Of(op.Layer),
        };
    }

    /// <summary>Pairs of output pixel and kernel position that lie inside the input.</summary>
    private static long Positions(Shape input, int height, int width, int stride, Padding padding) =>
        (long)Inside(Window.Of(input.Height, height, stride, padding)) * Inside(Window.Of(input.Width, width, stride, padding));

    private static int Inside(Window window)
    {
        int inside = 0;
        for (int output = 0; output < window.Output; output++)
        {
            int start = window.Start(output);
            inside += Math.Min(start + window.Kernel, window.Input) - Math.Max(start, 0);
        }

        return inside;
    }
}
