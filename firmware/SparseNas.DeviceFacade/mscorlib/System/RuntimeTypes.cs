using System.Reflection;
using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace System;

public struct RuntimeArgumentHandle;

public struct RuntimeFieldHandle;

public struct RuntimeMethodHandle;

public struct RuntimeTypeHandle;

public abstract class Type : MemberInfo, IReflect
{
    public override extern Type DeclaringType { [MethodImpl(InternalCall)] get; }
    public static extern Type GetType(string typeName);
    [MethodImpl(InternalCall)]
    public extern object InvokeMember(string name, BindingFlags invokeAttr, Binder binder, object target, object[] args);
    public abstract Assembly Assembly { get; }
    [MethodImpl(InternalCall)] public static extern Type GetTypeFromHandle(RuntimeTypeHandle handle);
    public abstract string FullName { get; }
    public abstract string AssemblyQualifiedName { get; }
    public abstract Type BaseType { get; }
    [MethodImpl(InternalCall)] public extern ConstructorInfo GetConstructor(Type[] types);
    [MethodImpl(InternalCall)] public extern ConstructorInfo[] GetConstructors();
    [MethodImpl(InternalCall)] public extern MethodInfo GetMethod(string name, Type[] types);
    [MethodImpl(InternalCall)] public extern MethodInfo GetMethod(string name, BindingFlags bindingAttr);
    [MethodImpl(InternalCall)] public extern MethodInfo GetMethod(string name);
    public extern MethodInfo[] GetMethods();
    public abstract MethodInfo[] GetMethods(BindingFlags bindingAttr);
    public abstract FieldInfo GetField(string name, BindingFlags bindingAttr);
    public extern FieldInfo GetField(string name);
    public extern FieldInfo[] GetFields();
    public abstract FieldInfo[] GetFields(BindingFlags bindingAttr);
    public abstract Type[] GetInterfaces();
    public extern bool IsNotPublic { [MethodImpl(InternalCall)] get; }
    public extern bool IsPublic { [MethodImpl(InternalCall)] get; }
    public extern bool IsClass { [MethodImpl(InternalCall)] get; }
    public extern bool IsInterface { [MethodImpl(InternalCall)] get; }
    public extern bool IsValueType { [MethodImpl(InternalCall)] get; }
    public extern bool IsAbstract { [MethodImpl(InternalCall)] get; }
    public extern bool IsEnum { [MethodImpl(InternalCall)] get; }
    public extern bool IsSerializable { [MethodImpl(InternalCall)] get; }
    public extern bool IsArray { [MethodImpl(InternalCall)] get; }
    public abstract Type GetElementType();
    public virtual extern bool IsSubclassOf(Type c);
    [MethodImpl(InternalCall)] public virtual extern bool IsInstanceOfType(object o);
    public override extern string ToString();
    protected extern Type();
}

public enum TypeCode
{
    Empty = 0,
    Object = 1,
    DBNull = 2,
    Boolean = 3,
    Char = 4,
    SByte = 5,
    Byte = 6,
    Int16 = 7,
    UInt16 = 8,
    Int32 = 9,
    UInt32 = 10,
    Int64 = 11,
    UInt64 = 12,
    Single = 13,
    Double = 14,
    Decimal = 15,
    DateTime = 16,
    String = 18,
}

public struct TypedReference;
