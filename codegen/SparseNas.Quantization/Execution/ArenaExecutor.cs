using SparseNas.Networks;

namespace SparseNas.Quantization.Execution;

/// <summary>
/// Runs an integer network in the arena of a memory plan, as a device does: rows arrive one by one, outputs lie over consumed inputs, two values share
/// a byte where the plan says so. Value after value in the plainest loops; the definition of what a plan means, and equal bit for bit to
/// <see cref="NaiveIntegerExecutor"/>, which knows no plan. An instance keeps its arena: use one per thread.
/// </summary>
/// <example><code>
/// var executor = new ArenaExecutor(network, MemoryPlanner.Plan(network.Graph));
/// int[] logits = executor.Logits(image);
/// executor.Arena;   // plan.ArenaBytes
/// </code></example>
public sealed class ArenaExecutor
{
    private readonly QuantizedNetwork network;
    private readonly MemoryPlan plan;
    private readonly ActivationLayout layout;
    private readonly int[] filled, made;

    /// <summary>An executor for one plan of a network.</summary>
    public ArenaExecutor(QuantizedNetwork network, MemoryPlan plan)
    {
        this.network = network;
        this.plan = plan;
        layout = new ActivationLayout(network.Graph, plan.Packed);
        Arena = new byte[plan.ArenaBytes];
        filled = new int[plan.Rows.Length];
        made = new int[plan.Rows.Length];
    }

    /// <summary>The only memory of the activations.</summary>
    public byte[] Arena { get; }

    /// <summary>The accumulators of the last operator, one per class.</summary>
    /// <param name="image">Input bytes, NHWC.</param>
    /// <exception cref="ArgumentException">The image has another length than the network's input.</exception>
    public int[] Logits(ReadOnlySpan<byte> image)
    {
        Shape input = network.Graph.Input;
        if (image.Length != input.Elements) throw new ArgumentException($"An image of {input} has {input.Elements} bytes, but {image.Length} were given.", nameof(image));
        int rowBytes = input.Width * input.Channels;
        Reset();
        for (int row = 0; row < input.Height; row++) PushRow(row, image.Slice(row * rowBytes, rowBytes));
        FinishRows();
        for (int step = plan.RowOperators; step < plan.Order.Length; step++)
        {
            int op = plan.Order[step];
            if (plan.Of(op).SizeBytes > 0) RunWhole(op, op);
            else RunWhole(op, plan.Order[++step]);
        }

        int last = network.Operators.Length - 1;
        return [.. Enumerable.Range(0, network.Classes).Select(index => BitConverter.ToInt32(Arena, plan.Of(last).OffsetBytes + (index * ActivationLayout.LogitBytes)))];
    }

    private void Reset()
    {
        for (int stage = 0; stage < plan.Rows.Length; stage++)
        {
            for (int row = 0; row < plan.Rows[stage].RowsBefore; row++) Pad(plan.Rows[stage], plan.Rows[stage].RowOffsets[row]);
            filled[stage] = plan.Rows[stage].RowsBefore;
            made[stage] = 0;
        }
    }

    private void PushRow(int row, ReadOnlySpan<byte> codes)
    {
        if (plan.Rows.IsEmpty)
        {
            codes.CopyTo(Arena.AsSpan(plan.Of(Architecture.InputIndex).OffsetBytes + (row * codes.Length)));
            return;
        }

        codes.CopyTo(Arena.AsSpan(plan.Rows[0].PlaceOf(filled[0])));
        TakeRow(0);
    }

    private void FinishRows()
    {
        for (int stage = 0; stage < plan.Rows.Length; stage++)
        {
            for (int row = 0; row < plan.Rows[stage].RowsAfter; row++)
            {
                Pad(plan.Rows[stage], stage == 0 ? plan.Rows[0].PlaceOf(filled[0]) : plan.Rows[stage].ArrivalOffset);
                TakeRow(stage);
            }
        }
    }

    private void Pad(RowStage stage, int offset)
    {
        int source = stage.Operators[0] - 1, zeroPoint = network.FormatOf(source).ZeroPoint;
        Arena.AsSpan(offset, stage.RowBytes).Fill((byte)(layout.IsPacked(source) ? zeroPoint * 17 : zeroPoint));
    }

    private void TakeRow(int at)
    {
        RowStage stage = plan.Rows[at];
        if (filled[at] < stage.Rows.Kernel - 1)
        {
            if (at > 0 && filled[at] >= 0) Arena.AsSpan(stage.ArrivalOffset, stage.RowBytes).CopyTo(Arena.AsSpan(stage.RowOffsets[filled[at]]));
            filled[at]++;
            return;
        }

        int row = made[at]++;
        if (stage.Target == RowTarget.Accumulators) AddRow(stage, row);
        else MakeRow(stage, row);
        for (int kept = 0; kept < stage.RowsKept; kept++)
        {
            Arena.AsSpan(stage.RowOffsets[kept + stage.Rows.Stride], stage.RowBytes).CopyTo(Arena.AsSpan(stage.RowOffsets[kept]));
        }

        filled[at] = stage.RowsKept;
        if (stage.Target == RowTarget.NextStage) TakeRow(at + 1);
    }

    private void MakeRow(RowStage stage, int row)
    {
        int first = stage.Operators[0], last = stage.Operators[^1], source = first - 1;
        int target = stage.TargetOffset + (stage.Target == RowTarget.Tensor ? row * stage.TargetRowBytes : 0);
        OperatorValue value = new(network, first, last);
        Shape output = network.Graph.OutputOf(last);
        for (int column = 0; column < output.Width; column++)
        {
            WritePixel(last, target, column, channel => value.Of(row, column, channel, (_, y, x, c) =>
                Read(source, stage.RowOffsets[y - stage.Rows.Start(row)], x, c)));
        }
    }

    private void AddRow(RowStage stage, int row)
    {
        int op = stage.Operators[0], source = op - 1;
        bool isLastRow = row == stage.Rows.Output - 1;
        OperatorValue value = new(network, op, op);
        int sumBytes = layout.SumBytes(op);
        for (int output = 0; output < network.Graph.OutputOf(op).Channels; output++)
        {
            Span<byte> sum = Arena.AsSpan(stage.TargetOffset + (output * sumBytes), sumBytes);
            int total = (row == 0 ? value.Start(output) : Stored(sum)) + value.OfRow(row, output, (_, _, x, c) => Read(source, stage.ArrivalOffset, x, c));
            if (isLastRow) total = value.End(total);
            if (isLastRow && !layout.IsLogits(op)) Arena[stage.TargetOffset + output] = (byte)value.Code(total, output);
            else Store(sum, total);
        }
    }

    /// <summary>A sum, low byte first; one of fewer than four bytes is not negative.</summary>
    private static int Stored(ReadOnlySpan<byte> sum)
    {
        int total = 0;
        for (int part = sum.Length - 1; part >= 0; part--) total = (total << 8) | sum[part];
        return total;
    }

    private static void Store(Span<byte> sum, int total)
    {
        for (int part = 0; part < sum.Length; part++) sum[part] = (byte)(total >> (8 * part));
    }

    private void RunWhole(int first, int last)
    {
        OperatorValue value = new(network, first, last);
        Shape output = network.Graph.OutputOf(last);
        for (int pixel = 0; pixel < output.Height * output.Width; pixel++)
        {
            int row = pixel / output.Width, column = pixel % output.Width;
            WritePixel(last, plan.Of(last).OffsetBytes, pixel, channel => value.Of(row, column, channel, (which, y, x, c) =>
            {
                int source = network.Operators[first].Operator.Inputs[which];
                return Read(source, plan.Of(source).OffsetBytes + (y * layout.RowBytes(source)), x, c);
            }));
        }
    }

    private int Read(int tensor, int rowOffset, int column, int channel)
    {
        int pixel = rowOffset + (column * layout.PixelBytes(tensor));
        return layout.IsPacked(tensor) ? (Arena[pixel + (channel / 2)] >> (channel % 2 * ActivationLayout.PackedBits)) & 15 : Arena[pixel + channel];
    }

    /// <summary>Values in the order of channels, each written before the next is computed; where two share a byte, all are computed first.</summary>
    private void WritePixel(int tensor, int offset, int pixel, Func<int, int> valueOf)
    {
        int channels = network.Graph.OutputOf(tensor).Channels, at = offset + (pixel * layout.PixelBytes(tensor));
        if (layout.IsPacked(tensor))
        {
            int[] codes = [.. Enumerable.Range(0, channels).Select(valueOf), 0];
            for (int channel = 0; channel < channels; channel += 2) Arena[at + (channel / 2)] = (byte)(codes[channel] | (codes[channel + 1] << ActivationLayout.PackedBits));
            return;
        }

        for (int channel = 0; channel < channels; channel++)
        {
            int value = valueOf(channel);
            if (layout.IsLogits(tensor)) BitConverter.TryWriteBytes(Arena.AsSpan(at + (channel * ActivationLayout.LogitBytes)), value);
            else Arena[at + channel] = (byte)value;
        }
    }
}
