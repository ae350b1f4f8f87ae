using System.Globalization;
using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace System.Reflection;

public class Assembly
{
    public virtual extern string FullName { [MethodImpl(InternalCall)] get; }
    [MethodImpl(InternalCall)] public static extern Assembly GetExecutingAssembly();
    public extern AssemblyName GetName();
    public static extern Assembly GetAssembly(Type type);
    [MethodImpl(InternalCall)] public virtual extern Type GetType(string name);
    public virtual extern Type GetType(string name, bool throwOnError);
    [MethodImpl(InternalCall)] public virtual extern Type[] GetTypes();
    public extern Assembly GetSatelliteAssembly(CultureInfo culture);
    public static extern Assembly Load(string assemblyString);
    [MethodImpl(InternalCall)] public static extern Assembly Load(byte[] rawAssembly);
    public extern Assembly();
}

public sealed class AssemblyName
{
    private extern AssemblyName();
    public extern string Name { get; }
    public extern string FullName { get; }
    public extern Version Version { get; }
}

[Flags]
public enum AssemblyNameFlags
{
    None = 0,
    PublicKey = 1,
    EnableJITcompileOptimizer = 16384,
    EnableJITcompileTracking = 32768,
    Retargetable = 256,
}

public abstract class Binder
{
    protected extern Binder();
}

[Flags]
public enum BindingFlags
{
    Default = 0,
    IgnoreCase = 1,
    DeclaredOnly = 2,
    Instance = 4,
    Static = 8,
    Public = 16,
    NonPublic = 32,
    FlattenHierarchy = 64,
    InvokeMethod = 256,
    CreateInstance = 512,
    GetField = 1024,
    SetField = 2048,
    GetProperty = 4096,
    SetProperty = 8192,
    PutDispProperty = 16384,
    PutRefDispProperty = 32768,
    ExactBinding = 65536,
    SuppressChangeType = 131072,
    OptionalParamBinding = 262144,
    IgnoreReturn = 16777216,
}

public abstract class ConstructorInfo : MethodBase
{
    public override extern MemberTypes MemberType { get; }
    [MethodImpl(InternalCall)] public extern object Invoke(object[] parameters);
    [MethodImpl(InternalCall)] public override extern object[] GetCustomAttributes(bool inherit);
    protected extern ConstructorInfo();
}

public abstract class FieldInfo : MemberInfo
{
    public override extern MemberTypes MemberType { get; }
    public abstract Type FieldType { get; }
    public abstract object GetValue(object obj);
    [MethodImpl(InternalCall)] public virtual extern void SetValue(object obj, object value);
    public override extern object[] GetCustomAttributes(bool inherit);
    protected extern FieldInfo();
}

public interface IReflect
{
    MethodInfo GetMethod(string name, BindingFlags bindingAttr);
    FieldInfo GetField(string name, BindingFlags bindingAttr);
}

public abstract class MemberInfo
{
    public abstract MemberTypes MemberType { get; }
    public abstract string Name { get; }
    public abstract Type DeclaringType { get; }
    public abstract object[] GetCustomAttributes(bool inherit);
    protected extern MemberInfo();
}

public enum MemberTypes
{
    Constructor = 1,
    Event = 2,
    Field = 4,
    Method = 8,
    Property = 16,
    TypeInfo = 32,
    Custom = 64,
    NestedType = 128,
    All = 191,
}

public abstract class MethodBase : MemberInfo
{
    public extern bool IsPublic { [MethodImpl(InternalCall)] get; }
    public extern bool IsStatic { [MethodImpl(InternalCall)] get; }
    public extern bool IsFinal { [MethodImpl(InternalCall)] get; }
    public extern bool IsVirtual { [MethodImpl(InternalCall)] get; }
    public extern bool IsAbstract { [MethodImpl(InternalCall)] get; }
    public abstract ParameterInfo[] GetParameters();
    [MethodImpl(InternalCall)] public extern object Invoke(object obj, object[] parameters);
    public override extern string Name { [MethodImpl(InternalCall)] get; }
    public override extern Type DeclaringType { [MethodImpl(InternalCall)] get; }
    protected extern MethodBase();
}

public enum MethodImplAttributes
{
    CodeTypeMask = 3,
    IL = 0,
    Native = 1,
    OPTIL = 2,
    Runtime = 3,
    ManagedMask = 4,
    Unmanaged = 4,
    Managed = 0,
    ForwardRef = 16,
    PreserveSig = 128,
    InternalCall = 4096,
    Synchronized = 32,
    NoInlining = 8,
    MaxMethodImplVal = 65535,
}

public abstract class MethodInfo : MethodBase
{
    public override extern MemberTypes MemberType { get; }
    public abstract Type ReturnType { get; }
    protected extern MethodInfo();
}

public abstract class ParameterInfo
{
    public virtual extern Type ParameterType { get; }
    protected extern ParameterInfo();
}

public enum ProcessorArchitecture
{
    None = 0,
    MSIL = 1,
    X86 = 2,
    IA64 = 3,
    Amd64 = 4,
}

public abstract class PropertyInfo : MemberInfo
{
    public abstract Type PropertyType { get; }
    [MethodImpl(InternalCall)] public virtual extern object GetValue(object obj, object[] index);
    [MethodImpl(InternalCall)] public virtual extern void SetValue(object obj, object value, object[] index);
    protected extern PropertyInfo();
}
