using System.Reflection;
using System.Reflection.Emit;

namespace SparseNas.Training.Engine.Kernels;

/// <summary>The words in which kernels over <see cref="TileArguments"/> are written as IL: loops, pointers and vectors.</summary>
internal class KernelWriter(ILGenerator il, VectorMethods vector)
{
    /// <summary>Where the kernel is written.</summary>
    public ILGenerator IL { get; } = il;

    /// <summary>The vectors it works on.</summary>
    public VectorMethods Vector { get; } = vector;

    /// <summary>A local vector.</summary>
    public LocalBuilder NewVector() => IL.DeclareLocal(Vector.Type);

    /// <summary>Local vectors.</summary>
    public LocalBuilder[] NewVectors(int count) => [.. Enumerable.Range(0, count).Select(_ => NewVector())];

    /// <summary>A local pointer or count that begins as a copy.</summary>
    public LocalBuilder Copy(LocalBuilder source)
    {
        LocalBuilder local = IL.DeclareLocal(typeof(nint));
        Assign(local, () => Push(source));
        return local;
    }

    /// <summary>A local pointer or count with the value of an argument.</summary>
    public LocalBuilder Field(string name)
    {
        LocalBuilder local = IL.DeclareLocal(typeof(nint));
        Assign(local, () => PushField(name));
        return local;
    }

    /// <summary>local = what <paramref name="value"/> pushes.</summary>
    public void Assign(LocalBuilder local, Action value)
    {
        value();
        IL.Emit(OpCodes.Stloc, local);
    }

    /// <summary>Pushes locals.</summary>
    public void Push(params ReadOnlySpan<LocalBuilder> locals)
    {
        foreach (LocalBuilder local in locals) IL.Emit(OpCodes.Ldloc, local);
    }

    /// <summary>Pushes an argument.</summary>
    public void PushField(string name)
    {
        IL.Emit(OpCodes.Ldarg_0);
        IL.Emit(OpCodes.Ldfld, typeof(TileArguments).GetField(name)!);
    }

    /// <summary>Pushes an address so many bytes behind a pointer.</summary>
    public void PushAddress(LocalBuilder pointer, int bytes)
    {
        Push(pointer);
        if (bytes == 0) return;
        IL.Emit(OpCodes.Ldc_I4, bytes);
        IL.Emit(OpCodes.Add);
    }

    /// <summary>Pushes the <paramref name="index"/>-th int at a pointer, sign-extended.</summary>
    public void PushOffset(LocalBuilder table, int index)
    {
        PushAddress(table, index * sizeof(int));
        IL.Emit(OpCodes.Ldind_I4);
        IL.Emit(OpCodes.Conv_I);
    }

    /// <summary>Pushes a pointer plus the <paramref name="index"/>-th int at a table.</summary>
    public void PushSum(LocalBuilder pointer, LocalBuilder table, int index)
    {
        Push(pointer);
        PushOffset(table, index);
        IL.Emit(OpCodes.Add);
    }

    /// <summary>Pushes the vector so many bytes behind a pointer.</summary>
    public void PushVector(LocalBuilder pointer, int bytes)
    {
        PushAddress(pointer, bytes);
        Call(Vector.Load);
    }

    /// <summary>Pushes a vector of one number, so many bytes behind a pointer.</summary>
    public void PushScalar(LocalBuilder pointer, int bytes)
    {
        PushAddress(pointer, bytes);
        IL.Emit(OpCodes.Ldind_R4);
        Call(Vector.Broadcast);
    }

    /// <summary>Applies a function to what was pushed.</summary>
    public void Call(MethodInfo function) => IL.Emit(OpCodes.Call, function);

    /// <summary>sum += x · w.</summary>
    public void MultiplyAdd(LocalBuilder x, LocalBuilder w, LocalBuilder sum) => Assign(sum, () =>
    {
        Push(x, w, sum);
        Call(Vector.MultiplyAdd);
    });

    /// <summary>pointer += an argument.</summary>
    public void Advance(LocalBuilder pointer, string field) => Assign(pointer, () =>
    {
        Push(pointer);
        PushField(field);
        IL.Emit(OpCodes.Add);
    });

    /// <summary>pointer += a local.</summary>
    public void Advance(LocalBuilder pointer, LocalBuilder step) => Assign(pointer, () =>
    {
        Push(pointer, step);
        IL.Emit(OpCodes.Add);
    });

    /// <summary>pointer += bytes.</summary>
    public void Advance(LocalBuilder pointer, int bytes) => Assign(pointer, () => PushAddress(pointer, bytes));

    /// <summary>Runs a body <paramref name="count"/> times (not at all for 0); the local is used up.</summary>
    public void Repeat(LocalBuilder count, Action body)
    {
        Label top = IL.DefineLabel(), end = IL.DefineLabel();
        Push(count);
        IL.Emit(OpCodes.Brfalse, end);
        IL.MarkLabel(top);
        body();
        Push(count);
        IL.Emit(OpCodes.Ldc_I4_1);
        IL.Emit(OpCodes.Conv_I);
        IL.Emit(OpCodes.Sub);
        IL.Emit(OpCodes.Dup);
        IL.Emit(OpCodes.Stloc, count);
        IL.Emit(OpCodes.Brtrue, top);
        IL.MarkLabel(end);
    }
}
