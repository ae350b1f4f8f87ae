using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Corlib;

/// <summary>
/// The core library methods that generated and firmware code may call. Anything else is refused by name before it runs, with the
/// information whether the device would have it.
/// </summary>
internal static partial class CoreLibrary
{
    private static readonly Dictionary<string, CoreMethod> s_methods = new(StringComparer.Ordinal);

    static CoreLibrary()
    {
        AddObjects();
        AddExceptions();
        AddTexts();
        AddNumbers();
        AddArrays();
        AddBits();
        AddServices();
        AddResources();
        AddThreads();
        AddTimes();
        AddCalendar();
        AddFormatting();
        AddRandoms();
        AddLists();
        AddArgumentExceptions();
    }

    /// <summary>A method by its type and key; constructors and inherited methods are looked for in the base types too.</summary>
    public static CoreMethod? Find(DeviceType owner, string member)
    {
        if (s_methods.TryGetValue($"{owner.FullName}::{member}", out CoreMethod? known)) return known;
        if (member.StartsWith(".ctor", StringComparison.Ordinal)) return FindConstructor(owner, member);
        return owner.Base is { } parent ? Find(parent, member) : null;
    }

    /// <summary>A method that a type itself declares, without its base types.</summary>
    public static CoreMethod? FindOwn(DeviceType owner, string member) => s_methods.GetValueOrDefault($"{owner.FullName}::{member}");

    /// <summary>Whether the device's core library declares a member in a base type.</summary>
    public static bool InheritsMember(DeviceType owner, string member)
    {
        for (DeviceType? type = owner.Base; type is not null; type = type.Base)
        {
            if (CoreSurface.Instance.Has(type.FullName, member)) return true;
        }

        return false;
    }

    /// <summary>Types of the device's other packages that the simulator models.</summary>
    public static bool IsPackageType(string name) => IsPackageEnumeration(name) || name is "nanoFramework.Runtime.Native.GC" or "nanoFramework.Runtime.Native.ResourceUtility"
        or "System.Resources.ResourceManager" or "System.IO.Ports.SerialPort" or "nanoFramework.Hardware.Esp32.Configuration";

    /// <summary>Those of them that are enumerations, all of 32-bit integers.</summary>
    public static bool IsPackageEnumeration(string name) => name is "System.IO.Ports.Parity" or "System.IO.Ports.StopBits" or "System.IO.Ports.Handshake"
        or "nanoFramework.Hardware.Esp32.DeviceFunction";

    /// <summary>
    /// Private fields of core library types: message, inner exception, stack trace and result code of an exception (60 bytes in all),
    /// one more for the argument exceptions' parameter name; of a serial port and a resource manager what their sources declare.
    /// </summary>
    public static IReadOnlyList<Storage> HiddenFields(string type) => type switch
    {
        "System.Exception" => [Storage.Ref, Storage.Ref, Storage.Ref, Storage.I4],
        "System.ArgumentException" => [Storage.Ref],
        "System.Random" => [Storage.Ref],
        "System.Collections.ArrayList" => [Storage.Ref, Storage.I4],
        "System.IO.Ports.SerialPort" => Enumerable.Repeat(Storage.I4, 12).ToArray(),
        "System.Resources.ResourceManager" => [Storage.I4, Storage.Ref, Storage.Ref, Storage.Ref, Storage.Ref, Storage.Ref],
        _ => [],
    };

    /// <summary>Native: a frame of its own, no IL.</summary>
    private static void Native(string key, CoreBody body, double instructions = 100) =>
        s_methods[key] = new CoreMethod(
            call => call.RunNative(body),
            CallCost.Native + instructions);

    /// <summary>Managed: a frame of its own and IL that is counted.</summary>
    private static void Managed(string key, string opcodes, int locals, int stack, CoreBody body, double instructions = 0) =>
        Managed(key, new OpcodeList(opcodes), locals, stack, body, instructions);

    private static void Managed(string key, OpcodeList executed, int locals, int stack, CoreBody body, double instructions = 0)
    {
        s_methods[key] = new CoreMethod(
            call =>
            {
                call.Enter(locals, stack);
                call.Executes(executed);
                body(call);
            },
            CallCost.Managed + instructions);
    }

    private static class CallCost
    {
        /// <summary>Frame, switch out of the IL loop and back (call native static, empty body, less the call opcode's own share).</summary>
        public const double Native = 260;

        /// <summary>The frame of a managed method.</summary>
        public const double Managed = 0;
    }
}
