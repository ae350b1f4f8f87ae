using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;

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
internal sealed class TileEmitter
{
    private static readonly ConcurrentDictionary<(InstructionSet, TileKey), TileKernel> Compiled = new();

    private readonly ILGenerator il;
    private readonly TileKey key;
    private readonly VectorMethods vector;
    private readonly LocalBuilder[] accumulators;
    private readonly LocalBuilder[] xOffsets;

    private TileEmitter(ILGenerator il, TileKey key, VectorMethods vector)
    {
        this.il = il;
        this.key = key;
        this.vector = vector;
        accumulators = [.. Enumerable.Range(0, key.Vectors * key.Columns).Select(_ => il.DeclareLocal(vector.Type))];
        xOffsets = [.. Enumerable.Range(0, key.Slide.Taps > 0 ? 1 : key.Vectors).Select(_ => il.DeclareLocal(typeof(nint)))];
    }

    /// <summary>The machine code of a tile, compiled at its first use.</summary>
    public static TileKernel Get(InstructionSet set, TileKey key) => Compiled.GetOrAdd((set, key), static pair => Compile(pair.Item1, pair.Item2));

    private static TileKernel Compile(InstructionSet set, TileKey key)
    {
        var method = new DynamicMethod(
            $"Tile{key.Vectors}x{key.Columns}", null, [typeof(TileArguments).MakePointerType()], typeof(TileEmitter).Module, skipVisibility: true)
        {
            InitLocals = false,
        };
        var emitter = new TileEmitter(method.GetILGenerator(), key, VectorMethods.Of(set));
        if (key.Slide.Taps > 0 && key.Operand == TileOperand.Vector) emitter.EmitWeightGroups();
        else emitter.EmitGroups();
        return method.CreateDelegate<TileKernel>();
    }

    private void EmitGroups()
    {
        LocalBuilder x = LoadField(nameof(TileArguments.X)), w = LoadField(nameof(TileArguments.W)), y = LoadField(nameof(TileArguments.Y));
        LocalBuilder bias = LoadField(nameof(TileArguments.Bias)), mask = LoadField(nameof(TileArguments.Mask));
        LocalBuilder[] norm = key.Frame.End == TileEnd.NormSums
            ? [LoadField(nameof(TileArguments.NormScale)), LoadField(nameof(TileArguments.NormShift)), LoadField(nameof(TileArguments.NormMean)), LoadField(nameof(TileArguments.NormSums))]
            : [];
        Repeat(LoadField(nameof(TileArguments.Groups)), () =>
        {
            LocalBuilder tileX = LoadField(nameof(TileArguments.XOffsets)), tileY = LoadField(nameof(TileArguments.YOffsets));
            NormLocals? sums = key.Frame.End == TileEnd.NormSums ? LoadNorm(norm) : null;
            WindowRow[] window = key.Slide.Taps > 0 ? LoadWindow(w) : [];
            Repeat(LoadField(nameof(TileArguments.Tiles)), () =>
            {
                for (int p = 0; p < xOffsets.Length; p++) Assign(xOffsets[p], () => LoadOffset(tileX, p));
                EmitStart(y, tileY, bias);
                if (key.Slide.Taps > 0) EmitRows(x, window);
                else EmitSegments(x, w);
                EmitEnd(y, tileY, mask, sums);
                Advance(tileX, xOffsets.Length * sizeof(int));
                Advance(tileY, xOffsets.Length * sizeof(int));
            });
            if (sums is not null) EmitNormEnd(norm, sums);
            Advance(x, nameof(TileArguments.XGroupStep));
            Advance(w, nameof(TileArguments.WGroupStep));
            Advance(y, nameof(TileArguments.YGroupStep));
            Advance(mask, nameof(TileArguments.YGroupStep));
            Advance(bias, nameof(TileArguments.BiasGroupStep));
        });
        il.Emit(OpCodes.Ret);
    }

    private void EmitStart(LocalBuilder y, LocalBuilder tileY, LocalBuilder bias)
    {
        LocalBuilder column = Pointer(y), start = il.DeclareLocal(vector.Type);
        for (int q = 0; q < key.Columns; q++)
        {
            for (int p = 0; p < key.Vectors; p++)
            {
                switch (key.Frame.Start)
                {
                    case TileStart.Zero:
                        il.Emit(OpCodes.Call, vector.Zero);
                        break;
                    case TileStart.Output:
                        LoadResult(column, tileY, p);
                        break;
                    case TileStart.Bias when p == 0:
                        LoadScalar(bias, q * sizeof(float));
                        il.Emit(OpCodes.Dup);
                        il.Emit(OpCodes.Stloc, start);
                        break;
                    default:
                        il.Emit(OpCodes.Ldloc, start);
                        break;
                }

                il.Emit(OpCodes.Stloc, accumulators[(p * key.Columns) + q]);
            }

            if (key.Frame.Start == TileStart.Output) Advance(column, nameof(TileArguments.YStep));
        }
    }

    private void EmitSegments(LocalBuilder x, LocalBuilder w)
    {
        LocalBuilder segment = LoadField(nameof(TileArguments.Segments));
        LocalBuilder inner = il.DeclareLocal(typeof(nint)), xStep = LoadField(nameof(TileArguments.XStep)), wStep = LoadField(nameof(TileArguments.WStep));
        LocalBuilder? columnStep = key.Operand == TileOperand.Vector ? LoadField(nameof(TileArguments.ColumnStep)) : null;
        LocalBuilder xHere = Pointer(x), wHere = Pointer(w);
        LocalBuilder[] inputs = [.. xOffsets.Select(_ => il.DeclareLocal(vector.Type))];
        LocalBuilder operand = il.DeclareLocal(vector.Type);
        Repeat(LoadField(nameof(TileArguments.SegmentCount)), () =>
        {
            Assign(xHere, () => { il.Emit(OpCodes.Ldloc, x); LoadOffset(segment, 0); il.Emit(OpCodes.Add); });
            Assign(wHere, () => { il.Emit(OpCodes.Ldloc, w); LoadOffset(segment, 1); il.Emit(OpCodes.Add); });
            Assign(inner, () => ReadField(nameof(TileArguments.Inner)));
            Repeat(inner, () =>
            {
                for (int p = 0; p < key.Vectors; p++)
                {
                    il.Emit(OpCodes.Ldloc, xHere);
                    il.Emit(OpCodes.Ldloc, xOffsets[p]);
                    il.Emit(OpCodes.Add);
                    il.Emit(OpCodes.Call, vector.Load);
                    il.Emit(OpCodes.Stloc, inputs[p]);
                }

                for (int q = 0; q < key.Columns; q++)
                {
                    LoadOperand(wHere, columnStep, q);
                    il.Emit(OpCodes.Stloc, operand);
                    for (int p = 0; p < key.Vectors; p++) MultiplyAdd(inputs[p], operand, accumulators[(p * key.Columns) + q]);
                }

                Advance(xHere, xStep);
                Advance(wHere, wStep);
            });
            Advance(segment, 2 * sizeof(int));
        });
    }

    /// <summary>
    /// What the tiles of a sliding window share, taken out of their loop: where the rows of the window lie, and its weights where there are registers
    /// for them.
    /// </summary>
    private WindowRow[] LoadWindow(LocalBuilder w)
    {
        LocalBuilder segment = LoadField(nameof(TileArguments.Segments));
        bool holdsWeights = key.Vectors + key.Slide.Weights + 1 <= vector.Registers;
        var window = new WindowRow[key.Slide.Rows];
        for (int row = 0; row < window.Length; row++)
        {
            LocalBuilder offset = il.DeclareLocal(typeof(nint)), weights = il.DeclareLocal(typeof(nint));
            Assign(offset, () => LoadOffset(segment, 2 * row));
            Assign(weights, () => { il.Emit(OpCodes.Ldloc, w); LoadOffset(segment, (2 * row) + 1); il.Emit(OpCodes.Add); });
            window[row] = new WindowRow(offset, weights, holdsWeights ? LoadWeights(weights) : null);
        }

        return window;
    }

    private LocalBuilder[] LoadWeights(LocalBuilder w)
    {
        LocalBuilder[] weights = [.. Enumerable.Range(0, key.Slide.Taps).Select(_ => il.DeclareLocal(vector.Type))];
        for (int tap = 0; tap < weights.Length; tap++)
        {
            LoadScalar(w, tap * sizeof(float));
            il.Emit(OpCodes.Stloc, weights[tap]);
        }

        return weights;
    }

    /// <summary>The sums of a tile whose vectors slide.</summary>
    private void EmitRows(LocalBuilder x, WindowRow[] window)
    {
        LocalBuilder xHere = il.DeclareLocal(typeof(nint)), input = il.DeclareLocal(vector.Type);
        foreach (WindowRow row in window)
        {
            LocalBuilder[] weights = row.Held ?? LoadWeights(row.Weights);
            Assign(xHere, () => { il.Emit(OpCodes.Ldloc, x); il.Emit(OpCodes.Ldloc, xOffsets[0]); il.Emit(OpCodes.Add); il.Emit(OpCodes.Ldloc, row.Offset); il.Emit(OpCodes.Add); });
            for (int place = 0; place < key.Slide.Places(key.Vectors); place++)
            {
                int[] readers = [.. Enumerable.Range(0, key.Vectors).Where(p => key.Slide.Sees(p, place))];
                if (readers.Length == 0) continue;
                il.Emit(OpCodes.Ldloc, xHere);
                il.Emit(OpCodes.Ldc_I4, place * LaneBlock.Bytes);
                il.Emit(OpCodes.Add);
                il.Emit(OpCodes.Call, vector.Load);
                il.Emit(OpCodes.Stloc, input);
                foreach (int p in readers) MultiplyAdd(input, weights[key.Slide.TapAt(p, place)], accumulators[p]);
            }
        }
    }

    /// <summary>The loops around a tile of dy that slides over x and adds to the sums of the window's weights.</summary>
    private void EmitWeightGroups()
    {
        LocalBuilder x = LoadField(nameof(TileArguments.X)), w = LoadField(nameof(TileArguments.W)), y = LoadField(nameof(TileArguments.Y));
        LocalBuilder[] weights = [.. Enumerable.Range(0, key.Slide.Weights).Select(_ => il.DeclareLocal(vector.Type))];
        LocalBuilder segment = LoadField(nameof(TileArguments.Segments));
        LocalBuilder[] rows = [.. Enumerable.Range(0, key.Slide.Rows).Select(_ => il.DeclareLocal(typeof(nint)))];
        for (int row = 0; row < rows.Length; row++) Assign(rows[row], () => LoadOffset(segment, 2 * row));
        Repeat(LoadField(nameof(TileArguments.Groups)), () =>
        {
            LocalBuilder tileX = LoadField(nameof(TileArguments.XOffsets)), tileY = LoadField(nameof(TileArguments.YOffsets));
            for (int i = 0; i < weights.Length; i++)
            {
                SumAddress(w, i);
                il.Emit(OpCodes.Call, vector.Load);
                il.Emit(OpCodes.Stloc, weights[i]);
            }

            Repeat(LoadField(nameof(TileArguments.Tiles)), () =>
            {
                Assign(xOffsets[0], () => { il.Emit(OpCodes.Ldloc, x); LoadOffset(tileX, 0); il.Emit(OpCodes.Add); });
                for (int p = 0; p < key.Vectors; p++)
                {
                    LoadResult(y, tileY, p);
                    il.Emit(OpCodes.Stloc, accumulators[p]);
                }

                EmitWeightSums(rows, weights);
                Advance(tileX, sizeof(int));
                Advance(tileY, sizeof(int));
            });
            for (int i = 0; i < weights.Length; i++)
            {
                il.Emit(OpCodes.Ldloc, weights[i]);
                SumAddress(w, i);
                il.Emit(OpCodes.Call, vector.Store);
            }

            Advance(x, nameof(TileArguments.XGroupStep));
            Advance(w, nameof(TileArguments.WGroupStep));
            Advance(y, nameof(TileArguments.YGroupStep));
        });
        il.Emit(OpCodes.Ret);
    }

    /// <summary>Rows take turns, so that as many sums as possible lie between two additions to one of them.</summary>
    private void EmitWeightSums(LocalBuilder[] rows, LocalBuilder[] weights)
    {
        LocalBuilder input = il.DeclareLocal(vector.Type);
        for (int place = 0; place < key.Slide.Places(key.Vectors); place++)
        {
            int[] readers = [.. Enumerable.Range(0, key.Vectors).Where(p => key.Slide.Sees(p, place))];
            for (int row = 0; row < rows.Length && readers.Length > 0; row++)
            {
                il.Emit(OpCodes.Ldloc, xOffsets[0]);
                il.Emit(OpCodes.Ldloc, rows[row]);
                il.Emit(OpCodes.Add);
                il.Emit(OpCodes.Ldc_I4, place * LaneBlock.Bytes);
                il.Emit(OpCodes.Add);
                il.Emit(OpCodes.Call, vector.Load);
                il.Emit(OpCodes.Stloc, input);
                foreach (int p in readers) MultiplyAdd(input, accumulators[p], weights[(row * key.Slide.Taps) + key.Slide.TapAt(p, place)]);
            }
        }
    }

    private void SumAddress(LocalBuilder w, int index)
    {
        il.Emit(OpCodes.Ldloc, w);
        il.Emit(OpCodes.Ldc_I4, index * vector.Bytes);
        il.Emit(OpCodes.Add);
    }

    private void LoadOperand(LocalBuilder w, LocalBuilder? columnStep, int q)
    {
        if (columnStep is null)
        {
            LoadScalar(w, q * (key.Operand == TileOperand.PackedScalar ? sizeof(float) : LaneBlock.Bytes));
            return;
        }

        il.Emit(OpCodes.Ldloc, w);
        if (q > 0)
        {
            il.Emit(OpCodes.Ldloc, columnStep);
            il.Emit(OpCodes.Ldc_I4, q);
            il.Emit(OpCodes.Conv_I);
            il.Emit(OpCodes.Mul);
            il.Emit(OpCodes.Add);
        }

        il.Emit(OpCodes.Call, vector.Load);
    }

    private void MultiplyAdd(LocalBuilder x, LocalBuilder w, LocalBuilder accumulator)
    {
        il.Emit(OpCodes.Ldloc, x);
        il.Emit(OpCodes.Ldloc, w);
        il.Emit(OpCodes.Ldloc, accumulator);
        il.Emit(OpCodes.Call, vector.MultiplyAdd);
        il.Emit(OpCodes.Stloc, accumulator);
    }

    private void EmitEnd(LocalBuilder y, LocalBuilder tileY, LocalBuilder mask, NormLocals? sums)
    {
        LocalBuilder column = Pointer(y), maskColumn = Pointer(mask);
        for (int q = 0; q < key.Columns; q++)
        {
            for (int p = 0; p < key.Vectors; p++)
            {
                if (sums is not null) AddToSums(sums, accumulators[(p * key.Columns) + q], () => LoadResult(maskColumn, tileY, p));
                if (key.Frame.End == TileEnd.MaskPositive)
                {
                    LoadResult(maskColumn, tileY, p);
                    il.Emit(OpCodes.Call, vector.Zero);
                    il.Emit(OpCodes.Call, vector.Greater);
                }

                il.Emit(OpCodes.Ldloc, accumulators[(p * key.Columns) + q]);
                if (key.Frame.End is TileEnd.Relu or TileEnd.MaskPositive) il.Emit(OpCodes.Call, vector.Zero);
                if (key.Frame.End == TileEnd.Relu) il.Emit(OpCodes.Call, vector.Max);
                if (key.Frame.End == TileEnd.MaskPositive) il.Emit(OpCodes.Call, vector.Select);

                ResultAddress(column, tileY, p);
                il.Emit(OpCodes.Call, vector.Store);
            }

            Advance(column, nameof(TileArguments.YStep));
            if (key.Frame.End is TileEnd.MaskPositive or TileEnd.NormSums) Advance(maskColumn, nameof(TileArguments.YStep));
        }
    }

    /// <summary>What a batch norm knows of a group, and the sums so far.</summary>
    private NormLocals LoadNorm(LocalBuilder[] pointers)
    {
        LocalBuilder[] vectors = [.. Enumerable.Range(0, 6).Select(_ => il.DeclareLocal(vector.Type))];
        for (int i = 0; i < 3; i++)
        {
            LoadScalar(pointers[i], 0);
            il.Emit(OpCodes.Stloc, vectors[i]);
        }

        for (int i = 0; i < 2; i++)
        {
            il.Emit(OpCodes.Ldloc, pointers[3]);
            il.Emit(OpCodes.Ldc_I4, i * LaneBlock.Bytes);
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Call, vector.Load);
            il.Emit(OpCodes.Stloc, vectors[3 + i]);
        }

        ReadField(nameof(TileArguments.NormFloor));
        il.Emit(OpCodes.Call, vector.Broadcast);
        il.Emit(OpCodes.Stloc, vectors[5]);
        return new NormLocals(vectors[0], vectors[1], vectors[2], vectors[3], vectors[4], vectors[5]);
    }

    /// <summary>acc = x · scale + shift > floor ? acc : 0; sum += acc; product += acc · (x − mean).</summary>
    private void AddToSums(NormLocals norm, LocalBuilder accumulator, Action loadX)
    {
        LocalBuilder x = il.DeclareLocal(vector.Type);
        loadX();
        il.Emit(OpCodes.Stloc, x);
        il.Emit(OpCodes.Ldloc, x);
        il.Emit(OpCodes.Ldloc, norm.Scale);
        il.Emit(OpCodes.Ldloc, norm.Shift);
        il.Emit(OpCodes.Call, vector.MultiplyAdd);
        il.Emit(OpCodes.Ldloc, norm.Floor);
        il.Emit(OpCodes.Call, vector.Greater);
        il.Emit(OpCodes.Ldloc, accumulator);
        il.Emit(OpCodes.Call, vector.Zero);
        il.Emit(OpCodes.Call, vector.Select);
        il.Emit(OpCodes.Stloc, accumulator);
        il.Emit(OpCodes.Ldloc, norm.Sum);
        il.Emit(OpCodes.Ldloc, accumulator);
        il.Emit(OpCodes.Call, vector.Add);
        il.Emit(OpCodes.Stloc, norm.Sum);
        il.Emit(OpCodes.Ldloc, accumulator);
        il.Emit(OpCodes.Ldloc, x);
        il.Emit(OpCodes.Ldloc, norm.Mean);
        il.Emit(OpCodes.Call, vector.Subtract);
        il.Emit(OpCodes.Ldloc, norm.Product);
        il.Emit(OpCodes.Call, vector.MultiplyAdd);
        il.Emit(OpCodes.Stloc, norm.Product);
    }

    private void EmitNormEnd(LocalBuilder[] pointers, NormLocals norm)
    {
        foreach ((LocalBuilder sum, int place) in ((LocalBuilder, int)[])[(norm.Sum, 0), (norm.Product, LaneBlock.Bytes)])
        {
            il.Emit(OpCodes.Ldloc, sum);
            il.Emit(OpCodes.Ldloc, pointers[3]);
            il.Emit(OpCodes.Ldc_I4, place);
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Call, vector.Store);
        }

        foreach (LocalBuilder pointer in pointers[..3]) Advance(pointer, sizeof(float));
        Advance(pointers[3], NormChannels.SumFloats * sizeof(float));
    }

    /// <summary>Runs a body <paramref name="count"/> times (not at all for 0); the local is used up.</summary>
    private void Repeat(LocalBuilder count, Action body)
    {
        Label top = il.DefineLabel(), end = il.DefineLabel();
        il.Emit(OpCodes.Ldloc, count);
        il.Emit(OpCodes.Brfalse, end);
        il.MarkLabel(top);
        body();
        il.Emit(OpCodes.Ldloc, count);
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Dup);
        il.Emit(OpCodes.Stloc, count);
        il.Emit(OpCodes.Brtrue, top);
        il.MarkLabel(end);
    }

    private void ReadField(string name)
    {
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, typeof(TileArguments).GetField(name)!);
    }

    private LocalBuilder LoadField(string name)
    {
        LocalBuilder local = il.DeclareLocal(typeof(nint));
        Assign(local, () => ReadField(name));
        return local;
    }

    private LocalBuilder Pointer(LocalBuilder source)
    {
        LocalBuilder local = il.DeclareLocal(typeof(nint));
        Assign(local, () => il.Emit(OpCodes.Ldloc, source));
        return local;
    }

    private void Assign(LocalBuilder local, Action value)
    {
        value();
        il.Emit(OpCodes.Stloc, local);
    }

    private void Advance(LocalBuilder pointer, string field) => Assign(pointer, () =>
    {
        il.Emit(OpCodes.Ldloc, pointer);
        ReadField(field);
        il.Emit(OpCodes.Add);
    });

    private void Advance(LocalBuilder pointer, LocalBuilder step) => Assign(pointer, () =>
    {
        il.Emit(OpCodes.Ldloc, pointer);
        il.Emit(OpCodes.Ldloc, step);
        il.Emit(OpCodes.Add);
    });

    private void Advance(LocalBuilder pointer, int bytes) => Assign(pointer, () =>
    {
        il.Emit(OpCodes.Ldloc, pointer);
        il.Emit(OpCodes.Ldc_I4, bytes);
        il.Emit(OpCodes.Add);
    });

    /// <summary>Pushes the <paramref name="index"/>-th int at a pointer, sign-extended.</summary>
    private void LoadOffset(LocalBuilder table, int index)
    {
        il.Emit(OpCodes.Ldloc, table);
        il.Emit(OpCodes.Ldc_I4, index * sizeof(int));
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Ldind_I4);
        il.Emit(OpCodes.Conv_I);
    }

    /// <summary>Pushes the address of vector <paramref name="p"/> of a tile's result, or of what is laid out like it.</summary>
    private void ResultAddress(LocalBuilder pointer, LocalBuilder tileY, int p)
    {
        il.Emit(OpCodes.Ldloc, pointer);
        LoadOffset(tileY, xOffsets.Length > 1 ? p : 0);
        il.Emit(OpCodes.Add);
        if (xOffsets.Length > 1 || p == 0) return;
        il.Emit(OpCodes.Ldc_I4, p * LaneBlock.Bytes);
        il.Emit(OpCodes.Add);
    }

    private void LoadResult(LocalBuilder pointer, LocalBuilder tileY, int p)
    {
        ResultAddress(pointer, tileY, p);
        il.Emit(OpCodes.Call, vector.Load);
    }

    private void LoadScalar(LocalBuilder pointer, int bytes)
    {
        il.Emit(OpCodes.Ldloc, pointer);
        il.Emit(OpCodes.Ldc_I4, bytes);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Ldind_R4);
        il.Emit(OpCodes.Call, vector.Broadcast);
    }

    /// <summary>A batch norm of one channel: its map, its mean, two sums, and what the map must exceed.</summary>
    private sealed record NormLocals(LocalBuilder Scale, LocalBuilder Shift, LocalBuilder Mean, LocalBuilder Sum, LocalBuilder Product, LocalBuilder Floor);

    /// <summary>A row of a sliding window.</summary>
    /// <param name="Offset">From the first input of a tile.</param>
    /// <param name="Weights">Where its weights lie.</param>
    /// <param name="Held">The weights, where they stay in registers.</param>
    private sealed record WindowRow(LocalBuilder Offset, LocalBuilder Weights, LocalBuilder[]? Held);

    /// <summary>The intrinsics of one vector width, found by name on Vector128, Vector256 or Vector512.</summary>
    private sealed record VectorMethods(
        Type Type, MethodInfo Load, MethodInfo Store, MethodInfo Broadcast, MethodInfo Zero, MethodInfo MultiplyAdd, MethodInfo Max,
        MethodInfo Greater, MethodInfo Select, MethodInfo Add, MethodInfo Subtract, int Bytes, int Registers)
    {
        public static VectorMethods Of(InstructionSet set) => set switch
        {
            InstructionSet.Avx512 => Find(typeof(Vector512), typeof(Vector512<float>), 64, 32),
            InstructionSet.Avx2 => Find(typeof(Vector256), typeof(Vector256<float>), 32, 16),
            _ => Find(typeof(Vector128), typeof(Vector128<float>), 16, 16),
        };

        private static VectorMethods Find(Type holder, Type vector, int bytes, int registers)
        {
            MethodInfo Generic(string name) =>
                holder.GetMethods().Single(m => m.Name == name && m.IsGenericMethodDefinition).MakeGenericMethod(typeof(float));
            return new VectorMethods(
                vector, Generic("Load"), Generic("Store"), holder.GetMethod("Create", [typeof(float)])!, vector.GetProperty("Zero")!.GetMethod!,
                holder.GetMethod("MultiplyAddEstimate", [vector, vector, vector])!, Generic("MaxNative"), Generic("GreaterThan"),
                Generic("ConditionalSelect"), Generic("Add"), Generic("Subtract"), bytes, registers);
        }
    }
}
