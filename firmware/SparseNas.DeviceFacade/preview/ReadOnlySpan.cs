// What the core library of the 2.x preview adds and generated code uses: nanoframework/CoreLibrary, branch develop (30df403, System/ReadOnlySpan.cs; MIT).
using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace System;

public readonly ref struct ReadOnlySpan<T>
{
    private readonly T[] _array;
    private readonly int _length;

    public extern ReadOnlySpan(T[] array);

    /// <summary>Over constants in the image: the compiler calls it for <c>new sbyte[] { … }</c>, and the elements stay in flash.</summary>
    [MethodImpl(InternalCall)] public extern unsafe ReadOnlySpan(void* pointer, int length);

    public extern ref readonly T this[int index] { get; }

    public extern int Length { get; }

    public static extern implicit operator ReadOnlySpan<T>(T[] array);
}
