using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace System;

public abstract class Enum : ValueType
{
    [MethodImpl(InternalCall)] public extern bool HasFlag(Enum flag);
    public override extern string ToString();
    protected extern Enum();
}

public class Object
{
    public extern Object();
    public virtual extern string ToString();
    [MethodImpl(InternalCall)] public virtual extern bool Equals(object obj);
    public static extern bool Equals(object objA, object objB);
    [MethodImpl(InternalCall)] public static extern bool ReferenceEquals(object objA, object objB);
    [MethodImpl(InternalCall)] public virtual extern int GetHashCode();
    [MethodImpl(InternalCall)] public extern Type GetType();
    [MethodImpl(InternalCall)] protected extern object MemberwiseClone();
}

public abstract class ValueType
{
    [MethodImpl(InternalCall)] public override extern bool Equals(object obj);
    protected extern ValueType();
}

public struct Void;
