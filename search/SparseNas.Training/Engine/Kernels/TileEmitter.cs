using System.Collections.Concurrent;
using System.Reflection.Emit;

namespace SparseNas.Training.Engine.Kernels;

/// <summary>
/// Writes the one microkernel of the engine as IL for an exact tile and lets the JIT compile it. In C#:
/// <code>
/// for (group)                                            // channels of a depthwise layer, or groups of Q output channels
///   for (tile)                                           // P output positions at a time
///     acc[p][q] = 0 | bias[q] | y[p][q]
///     for (segment)                                      // kernel taps
///       for (inner)                                      // input channels
///         x_p = load(x + xOffset[p]);  foreach q: b = operand(w, q); foreach p: acc[p][q] += x_p * b;
///         x += xStep;  w += wStep
///     y[p][q] = acc | max(acc, 0) | mask > 0 ? acc : 0
/// </code>
/// Where vectors slide (<see cref="TileSlide"/>) the inner loop is unrolled over the inputs of a row:
/// <code>
///       w_t = w[t];  foreach input i: x = load(x + xOffset + i); foreach p that sees i at tap t: acc[p] += x * w_t
/// </code>
/// Every accumulator is a local of its own, which is what keeps them in registers: P·Q + P + 1 of the 32 (AVX-512) or 16 (AVX2) there are.
/// Machine code is kept per process; a search over thousands of networks uses a few hundred tiles.
/// </summary>
internal sealed class TileEmitter : KernelWriter
{
    private static readonly ConcurrentDictionary<(InstructionSet, TileKey), TileKernel> Compiled = new();

    private readonly TileKey key;
    private readonly LocalBuilder[] accumulators;
    private readonly LocalBuilder[] xOffsets;
    private readonly NormSumsWriter? norm;

    private TileEmitter(ILGenerator il, TileKey key, VectorMethods vector) : base(il, vector)
    {
        this.key = key;
        accumulators = NewVectors(key.Vectors * key.Columns);
        xOffsets = [.. Enumerable.Range(0, Slides ? 1 : key.Vectors).Select(_ => il.DeclareLocal(typeof(nint)))];
        norm = key.Frame.End == TileEnd.NormSums ? new NormSumsWriter(this) : null;
    }

    private bool Slides => key.Slide.Taps > 0;

    /// <summary>The machine code of a tile, compiled at its first use.</summary>
    public static TileKernel Get(InstructionSet set, TileKey key) => Compiled.GetOrAdd((set, key), static pair => Compile(pair.Item1, pair.Item2));

    private static TileKernel Compile(InstructionSet set, TileKey key)
    {
        var method = new DynamicMethod(
            $"Tile{key.Vectors}x{key.Columns}", null, [typeof(TileArguments).MakePointerType()], typeof(TileEmitter).Module, skipVisibility: true)
        {
            InitLocals = false,
        };
        (ILGenerator il, VectorMethods vector) = (method.GetILGenerator(), VectorMethods.Of(set));
        if (key is { Slide.Taps: > 0, Operand: TileOperand.Vector }) new SlidingGradientEmitter(il, key, vector).Emit();
        else new TileEmitter(il, key, vector).EmitGroups();
        return method.CreateDelegate<TileKernel>();
    }

    private void EmitGroups()
    {
        LocalBuilder x = Field(nameof(TileArguments.X)), w = Field(nameof(TileArguments.W)), y = Field(nameof(TileArguments.Y));
        LocalBuilder bias = Field(nameof(TileArguments.Bias)), mask = Field(nameof(TileArguments.Mask));
        Repeat(Field(nameof(TileArguments.Groups)), () =>
        {
            LocalBuilder tileX = Field(nameof(TileArguments.XOffsets)), tileY = Field(nameof(TileArguments.YOffsets));
            WindowRow[] window = Slides ? LoadWindow(w) : [];
            norm?.Begin();
            Repeat(Field(nameof(TileArguments.Tiles)), () =>
            {
                for (int p = 0; p < xOffsets.Length; p++) Assign(xOffsets[p], () => PushOffset(tileX, p));
                EmitStart(y, tileY, bias);
                if (Slides) EmitRows(x, window);
                else EmitSegments(x, w);
                EmitEnd(y, tileY, mask);
                Advance(tileX, xOffsets.Length * sizeof(int));
                Advance(tileY, xOffsets.Length * sizeof(int));
            });
            norm?.End();
            Advance(x, nameof(TileArguments.XGroupStep));
            Advance(w, nameof(TileArguments.WGroupStep));
            Advance(y, nameof(TileArguments.YGroupStep));
            Advance(mask, nameof(TileArguments.YGroupStep));
            Advance(bias, nameof(TileArguments.BiasGroupStep));
        });
        IL.Emit(OpCodes.Ret);
    }

    private void EmitStart(LocalBuilder y, LocalBuilder tileY, LocalBuilder bias)
    {
        LocalBuilder column = Results(y, tileY), start = NewVector();
        for (int q = 0; q < key.Columns; q++)
        {
            if (key.Frame.Start == TileStart.Bias) Assign(start, () => PushScalar(bias, q * sizeof(float)));
            for (int p = 0; p < key.Vectors; p++)
            {
                Assign(Sum(p, q), () =>
                {
                    if (key.Frame.Start == TileStart.Zero) Call(Vector.Zero);
                    else if (key.Frame.Start == TileStart.Bias) Push(start);
                    else PushResult(column, tileY, p);
                });
            }

            if (key.Frame.Start == TileStart.Output) Advance(column, nameof(TileArguments.YStep));
        }
    }

    private void EmitSegments(LocalBuilder x, LocalBuilder w)
    {
        LocalBuilder segment = Field(nameof(TileArguments.Segments));
        LocalBuilder inner = IL.DeclareLocal(typeof(nint)), xStep = Field(nameof(TileArguments.XStep)), wStep = Field(nameof(TileArguments.WStep));
        LocalBuilder? columnStep = key.Operand == TileOperand.Vector ? Field(nameof(TileArguments.ColumnStep)) : null;
        LocalBuilder xHere = Copy(x), wHere = Copy(w), operand = NewVector();
        LocalBuilder[] inputs = NewVectors(key.Vectors);
        Repeat(Field(nameof(TileArguments.SegmentCount)), () =>
        {
            Assign(xHere, () => PushSum(x, segment, 0));
            Assign(wHere, () => PushSum(w, segment, 1));
            Assign(inner, () => PushField(nameof(TileArguments.Inner)));
            Repeat(inner, () =>
            {
                for (int p = 0; p < key.Vectors; p++)
                {
                    Assign(inputs[p], () =>
                    {
                        Push(xHere, xOffsets[p]);
                        IL.Emit(OpCodes.Add);
                        Call(Vector.Load);
                    });
                }

                for (int q = 0; q < key.Columns; q++)
                {
                    Assign(operand, () => PushOperand(wHere, columnStep, q));
                    for (int p = 0; p < key.Vectors; p++) MultiplyAdd(inputs[p], operand, Sum(p, q));
                }

                Advance(xHere, xStep);
                Advance(wHere, wStep);
            });
            Advance(segment, 2 * sizeof(int));
        });
    }

    private void PushOperand(LocalBuilder w, LocalBuilder? columnStep, int q)
    {
        if (columnStep is null)
        {
            PushScalar(w, q * (key.Operand == TileOperand.PackedScalar ? sizeof(float) : LaneBlock.Bytes));
            return;
        }

        Push(w);
        if (q > 0)
        {
            Push(columnStep);
            IL.Emit(OpCodes.Ldc_I4, q);
            IL.Emit(OpCodes.Conv_I);
            IL.Emit(OpCodes.Mul);
            IL.Emit(OpCodes.Add);
        }

        Call(Vector.Load);
    }

    /// <summary>
    /// What the tiles of a sliding window share, taken out of their loop: where the rows of the window lie, and its weights where there are registers
    /// for them.
    /// </summary>
    private WindowRow[] LoadWindow(LocalBuilder w)
    {
        LocalBuilder segments = Field(nameof(TileArguments.Segments));
        bool holdsWeights = key.Vectors + key.Slide.Weights + 1 <= Vector.Registers;
        var window = new WindowRow[key.Slide.Rows];
        for (int row = 0; row < window.Length; row++)
        {
            LocalBuilder offset = IL.DeclareLocal(typeof(nint)), weights = IL.DeclareLocal(typeof(nint));
            Assign(offset, () => PushOffset(segments, 2 * row));
            Assign(weights, () => PushSum(w, segments, (2 * row) + 1));
            window[row] = new WindowRow(offset, weights, holdsWeights ? LoadWeights(weights) : null);
        }

        return window;
    }

    private LocalBuilder[] LoadWeights(LocalBuilder w)
    {
        LocalBuilder[] weights = NewVectors(key.Slide.Taps);
        for (int tap = 0; tap < weights.Length; tap++) Assign(weights[tap], () => PushScalar(w, tap * sizeof(float)));
        return weights;
    }

    /// <summary>The sums of a tile whose vectors slide.</summary>
    private void EmitRows(LocalBuilder x, WindowRow[] window)
    {
        LocalBuilder xHere = IL.DeclareLocal(typeof(nint)), input = NewVector();
        foreach (WindowRow row in window)
        {
            LocalBuilder[] weights = row.Held ?? LoadWeights(row.Weights);
            Assign(xHere, () =>
            {
                Push(x, xOffsets[0], row.Offset);
                IL.Emit(OpCodes.Add);
                IL.Emit(OpCodes.Add);
            });
            for (int place = 0; place < key.Slide.Places(key.Vectors); place++)
            {
                int[] readers = [.. Enumerable.Range(0, key.Vectors).Where(p => key.Slide.Sees(p, place))];
                if (readers.Length == 0) continue;
                Assign(input, () => PushVector(xHere, place * LaneBlock.Bytes));
                foreach (int p in readers) MultiplyAdd(input, weights[key.Slide.TapAt(p, place)], Sum(p, 0));
            }
        }
    }

    private void EmitEnd(LocalBuilder y, LocalBuilder tileY, LocalBuilder mask)
    {
        LocalBuilder column = Results(y, tileY), maskColumn = Results(mask, tileY);
        for (int q = 0; q < key.Columns; q++)
        {
            for (int p = 0; p < key.Vectors; p++)
            {
                norm?.Add(Sum(p, q), () => PushResult(maskColumn, tileY, p));
                PushFinished(p, q, maskColumn, tileY);
                PushResultAddress(column, tileY, p);
                Call(Vector.Store);
            }

            Advance(column, nameof(TileArguments.YStep));
            if (key.Frame.End is TileEnd.MaskPositive or TileEnd.NormSums) Advance(maskColumn, nameof(TileArguments.YStep));
        }
    }

    private void PushFinished(int p, int q, LocalBuilder maskColumn, LocalBuilder tileY)
    {
        if (key.Frame.End == TileEnd.MaskPositive)
        {
            PushResult(maskColumn, tileY, p);
            Call(Vector.Zero);
            Call(Vector.Greater);
        }

        Push(Sum(p, q));
        if (key.Frame.End is TileEnd.Relu or TileEnd.MaskPositive) Call(Vector.Zero);
        if (key.Frame.End == TileEnd.Relu) Call(Vector.Max);
        if (key.Frame.End == TileEnd.MaskPositive) Call(Vector.Select);
    }

    private LocalBuilder Sum(int p, int q) => accumulators[(p * key.Columns) + q];

    /// <summary>A pointer to the results of a tile, or to what is laid out like them; where vectors slide they are neighbours, and the pointer leads to the first.</summary>
    private LocalBuilder Results(LocalBuilder block, LocalBuilder tileY)
    {
        LocalBuilder results = Copy(block);
        if (Slides) Assign(results, () => PushSum(block, tileY, 0));
        return results;
    }

    private void PushResultAddress(LocalBuilder results, LocalBuilder tileY, int p)
    {
        if (Slides) PushAddress(results, p * LaneBlock.Bytes);
        else PushSum(results, tileY, p);
    }

    private void PushResult(LocalBuilder results, LocalBuilder tileY, int p)
    {
        PushResultAddress(results, tileY, p);
        Call(Vector.Load);
    }

    /// <summary>A row of a sliding window.</summary>
    /// <param name="Offset">From the first input of a tile.</param>
    /// <param name="Weights">Where its weights lie.</param>
    /// <param name="Held">The weights, where they stay in registers.</param>
    private sealed record WindowRow(LocalBuilder Offset, LocalBuilder Weights, LocalBuilder[]? Held);
}
