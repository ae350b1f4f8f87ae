using System.Reflection.Emit;

namespace SparseNas.Training.Engine.Kernels;

/// <summary>
/// Writes the weight gradient of a depthwise layer, for rows of a window that slides over x. In C#:
/// <code>
/// for (channel)
///   sum[row][tap] = w[row][tap]
///   for (tile)                                           // P pixels of dy side by side
///     dy_p = load(y + yOffset + p);  copy[copyOffset + p] = dy_p
///     foreach input i, row: x = load(x + xOffset + row + i); foreach p that sees i at tap t: sum[row][t] += x * dy_p
///   w[row][tap] = sum
/// </code>
/// Rows take turns, so that as many sums as possible lie between two additions to one of them. The copy, where there is one, is for the input gradient: it
/// wants zeros around dy, and a pass of its own would wait for the second-level cache.
/// </summary>
internal sealed class SlidingGradientEmitter : KernelWriter
{
    private readonly TileKey key;
    private readonly LocalBuilder[] sums;
    private readonly LocalBuilder[] gradients;
    private readonly LocalBuilder[] rows;

    public SlidingGradientEmitter(ILGenerator il, TileKey key, VectorMethods vector) : base(il, vector)
    {
        this.key = key;
        sums = NewVectors(key.Slide.Weights);
        gradients = NewVectors(key.Vectors);
        rows = [.. Enumerable.Range(0, key.Slide.Rows).Select(_ => il.DeclareLocal(typeof(nint)))];
    }

    /// <summary>Writes it.</summary>
    public void Emit()
    {
        LocalBuilder x = Field(nameof(TileArguments.X)), w = Field(nameof(TileArguments.W)), y = Field(nameof(TileArguments.Y));
        LocalBuilder copy = Field(nameof(TileArguments.Copy)), segments = Field(nameof(TileArguments.Segments));
        for (int row = 0; row < rows.Length; row++) Assign(rows[row], () => PushOffset(segments, 2 * row));
        Repeat(Field(nameof(TileArguments.Groups)), () =>
        {
            LocalBuilder tileX = Field(nameof(TileArguments.XOffsets)), tileY = Field(nameof(TileArguments.YOffsets));
            for (int i = 0; i < sums.Length; i++) Assign(sums[i], () => PushVector(w, i * Vector.Bytes));
            Repeat(Field(nameof(TileArguments.Tiles)), () =>
            {
                EmitTile(x, tileX, y, copy, tileY);
                Advance(tileX, sizeof(int));
                Advance(tileY, 2 * sizeof(int));
            });
            for (int i = 0; i < sums.Length; i++)
            {
                Push(sums[i]);
                PushAddress(w, i * Vector.Bytes);
                Call(Vector.Store);
            }

            Advance(x, nameof(TileArguments.XGroupStep));
            Advance(w, nameof(TileArguments.WGroupStep));
            Advance(y, nameof(TileArguments.YGroupStep));
            if (key.Copies) Advance(copy, nameof(TileArguments.CopyGroupStep));
        });
        IL.Emit(OpCodes.Ret);
    }

    private void EmitTile(LocalBuilder x, LocalBuilder tileX, LocalBuilder y, LocalBuilder copy, LocalBuilder tileY)
    {
        LocalBuilder dy = IL.DeclareLocal(typeof(nint)), to = IL.DeclareLocal(typeof(nint)), from = IL.DeclareLocal(typeof(nint)), input = NewVector();
        Assign(dy, () => PushSum(y, tileY, 0));
        Assign(to, () => PushSum(copy, tileY, 1));
        Assign(from, () => PushSum(x, tileX, 0));
        for (int p = 0; p < gradients.Length; p++)
        {
            Assign(gradients[p], () => PushVector(dy, p * LaneBlock.Bytes));
            if (!key.Copies) continue;
            Push(gradients[p]);
            PushAddress(to, p * LaneBlock.Bytes);
            Call(Vector.Store);
        }

        for (int place = 0; place < key.Slide.Places(key.Vectors); place++)
        {
            int[] readers = [.. Enumerable.Range(0, key.Vectors).Where(p => key.Slide.Sees(p, place))];
            for (int row = 0; row < rows.Length && readers.Length > 0; row++)
            {
                Assign(input, () =>
                {
                    Push(from, rows[row]);
                    IL.Emit(OpCodes.Add);
                    IL.Emit(OpCodes.Ldc_I4, place * LaneBlock.Bytes);
                    IL.Emit(OpCodes.Add);
                    Call(Vector.Load);
                });
                foreach (int p in readers) MultiplyAdd(input, gradients[p], sums[(row * key.Slide.Taps) + key.Slide.TapAt(p, place)]);
            }
        }
    }
}
