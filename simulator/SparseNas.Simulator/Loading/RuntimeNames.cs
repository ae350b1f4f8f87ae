namespace SparseNas.Simulator.Loading;

/// <summary>
/// Names that an image need not carry, because the runtime has them in a table of its own: the core library's types, namespaces and members
/// as they were when that table was made. Names that came later are carried.
/// </summary>
internal static class RuntimeNames
{
    private static readonly HashSet<string> s_later = new(StringComparer.Ordinal)
    {
        "Action", "AttributeTargets", "Console", "WriteLine", "DBNull", "EndsWith", "Epsilon", "EventHandler", "FormatException", "FromDays", "FromHours", "FromMilliseconds",
        "FromMinutes", "FromSeconds", "FromUnixTimeSeconds", "GetConstructors", "GetCustomAttributes", "GetInvocationList", "GetParameters", "HResult", "HasFlag", "Infinite",
        "InfiniteTimeSpan", "IsNullOrEmpty", "IsSupported", "NaN", "NegativeInfinity", "Pack", "PadLeft", "PadRight", "ParameterInfo", "PlatformNotSupportedException",
        "PositiveInfinity", "RuntimeFeature", "Size", "Slice", "SpanByte", "SpinOnce", "SpinUntil", "SpinWait", "System.Diagnostics.CodeAnalysis", "System.Runtime.InteropServices",
        "ThrowIfNull", "ThrowIfNullOrEmpty", "TicksPerDay", "TicksPerHour", "TicksPerMillisecond", "TicksPerMinute", "TicksPerSecond", "Timeout", "TimeoutException", "ToDateTime",
        "ToUnixTimeSeconds", "TypedReference", "UIntPtr", "UnixEpoch", "get_Empty", "get_IsEmpty", "get_TotalMilliseconds", "get_TotalSeconds", "get_Type", "get_Value", "op_Implicit",
        "set_Name",
    };

    private static readonly HashSet<string> s_other = new(StringComparer.Ordinal)
    {
        "mscorlib", "value__", "X", "Y", "Next", "Bias", "Day", "Hour", "Time", "Hash", "Peek", "temp", "next", "key", "Sign", "Sqrt", "Round", "Pow", "Exp", "Initialize", "Check", "Flags", "Encoding", ".cctor", "Finalize", "Max", "Min", "Math", "Abs", "Read", "Close", "Log", "Print", "Message", "Key", "Seek", "Stream", "Stack", "Push", "Pop", "Queue", "Source",
        "Scale", "ResourceManager", "ResourceUtility", "GetObject", "System.Resources", "EnableGCMessages", "Number", "Target", "Trace",
    };

    private static readonly Lazy<HashSet<string>> s_names = new(FromSurface);

    public static bool Contains(string name) => s_names.Value.Contains(name);

    private static HashSet<string> FromSurface()
    {
        HashSet<string> names = new(s_other, StringComparer.Ordinal);
        foreach (CoreSurface.TypeFacts type in CoreSurface.Instance.Types.Values)
        {
            int dot = type.Name.LastIndexOf('.');
            string name = type.Name[(dot + 1)..];
            if (!name.EndsWith("Attribute", StringComparison.Ordinal) || name == "Attribute") names.Add(name);
            if (dot > 0) names.Add(type.Name[..dot]);
            foreach (string member in type.Members.Keys) names.Add(member.Split('(')[0]);
        }

        names.ExceptWith(s_later);
        return names;
    }
}
