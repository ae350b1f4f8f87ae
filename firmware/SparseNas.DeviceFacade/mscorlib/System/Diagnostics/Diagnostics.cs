using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace System.Diagnostics;

[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class ConditionalAttribute : Attribute
{
    public extern ConditionalAttribute(string conditionString);
    public extern string ConditionString { get; }
}

public static class Debug
{
    [Conditional("DEBUG")]
    public static extern void Assert(bool condition);
    [Conditional("DEBUG")]
    public static extern void Assert(bool condition, string message);
    [Conditional("DEBUG")]
    public static extern void Assert(bool condition, string message, string detailedMessage);
    [Conditional("DEBUG")]
    public static extern void Write(string message);
    [Conditional("DEBUG")]
    public static extern void WriteLine();
    [Conditional("DEBUG")]
    public static extern void WriteLine(string message);
}

[AttributeUsage(AttributeTargets.Assembly | AttributeTargets.Module)]
public sealed class DebuggableAttribute : Attribute
{
    public extern DebuggableAttribute(bool isJITTrackingEnabled, bool isJITOptimizerDisabled);
    public extern DebuggableAttribute(DebuggableAttribute.DebuggingModes modes);
    public extern bool IsJITTrackingEnabled { get; }
    public extern bool IsJITOptimizerDisabled { get; }
    public extern DebuggableAttribute.DebuggingModes DebuggingFlags { get; }

    [Flags]
    public enum DebuggingModes
    {
        None = 0,
        Default = 1,
        DisableOptimizations = 256,
        IgnoreSymbolStoreSequencePoints = 2,
        EnableEditAndContinue = 4,
    }
}

public static class Debugger
{
    public static extern bool IsAttached { [MethodImpl(InternalCall)] get; }
    [MethodImpl(InternalCall)] public static extern void Break();
}

[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class DebuggerBrowsableAttribute : Attribute
{
    public extern DebuggerBrowsableAttribute(DebuggerBrowsableState state);
    public extern DebuggerBrowsableState State { get; }
}

public enum DebuggerBrowsableState
{
    Never = 0,
    Collapsed = 2,
    RootHidden = 3,
}

[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Delegate | AttributeTargets.Enum
    | AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class DebuggerDisplayAttribute : Attribute
{
    public extern DebuggerDisplayAttribute(string value);
    public extern string Value { get; }
    public extern string Name { get; set; }
    public extern string Type { get; set; }
    public extern Type Target { set; get; }
    public extern string TargetTypeName { get; set; }
}

[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property | AttributeTargets.Constructor, Inherited = false)]
public sealed class DebuggerHiddenAttribute : Attribute
{
    public extern DebuggerHiddenAttribute();
}

[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method | AttributeTargets.Property
    | AttributeTargets.Constructor | AttributeTargets.Struct, Inherited = false)]
public sealed class DebuggerNonUserCodeAttribute : Attribute
{
    public extern DebuggerNonUserCodeAttribute();
}

[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Method
    | AttributeTargets.Constructor, Inherited = false)]
public sealed class DebuggerStepThroughAttribute : Attribute
{
    public extern DebuggerStepThroughAttribute();
}

[AttributeUsage(AttributeTargets.Method | AttributeTargets.Constructor, Inherited = false)]
public sealed class DebuggerStepperBoundaryAttribute : Attribute
{
    public extern DebuggerStepperBoundaryAttribute();
}

[AttributeUsage(AttributeTargets.Struct | AttributeTargets.Class | AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class DebuggerTypeProxyAttribute : Attribute
{
    public extern DebuggerTypeProxyAttribute(Type type);
    public extern DebuggerTypeProxyAttribute(string typeName);
    public extern string ProxyTypeName { get; }
    public extern Type Target { set; get; }
    public extern string TargetTypeName { get; set; }
}

[AttributeUsage(AttributeTargets.Method | AttributeTargets.Constructor, Inherited = false)]
public sealed class NativeProfiledAttribute : Attribute
{
    public extern NativeProfiledAttribute();
}
