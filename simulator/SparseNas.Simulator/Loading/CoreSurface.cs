namespace SparseNas.Simulator.Loading;

/// <summary>
/// The public surface of the device's core library, read from the list of facts that is embedded beside the simulator: which types
/// exist, what they derive from, which members they have. Members are keyed as <c>System.Array::Copy(System.Array,System.Array,int)</c>.
/// </summary>
internal sealed class CoreSurface
{
    private static readonly Lazy<CoreSurface> s_instance = new(() => new CoreSurface(ReadEmbedded()));

    private CoreSurface(string text)
    {
        TypeFacts? current = null;
        foreach (string raw in text.Split('\n'))
        {
            string line = raw.TrimEnd();
            if (line.Length == 0 || line[0] == '#') continue;
            if (line[0] is not (' ' or 'N')) Types[(current = ParseType(line)).Name] = current;
            else if (current is not null) ParseMember(current, line[0] == 'N', line[1..].Trim());
        }
    }

    /// <summary>Facts about one type.</summary>
    public sealed record TypeFacts(string Name, string Kind, IReadOnlyList<string> Bases)
    {
        /// <summary>Member key without the type, and whether its body is native.</summary>
        public Dictionary<string, bool> Members { get; } = new(StringComparer.Ordinal);
    }

    public static CoreSurface Instance => s_instance.Value;

    public Dictionary<string, TypeFacts> Types { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether the device's core library has a member.</summary>
    public bool Has(string type, string member) => Types.TryGetValue(type, out TypeFacts? facts) && facts.Members.ContainsKey(member);

    private static TypeFacts ParseType(string line)
    {
        string head = line, bases = "";
        int colon = line.IndexOf(" : ", StringComparison.Ordinal);
        if (colon >= 0) (head, bases) = (line[..colon], line[(colon + 3)..]);
        string[] words = head.Split(' ');
        return new TypeFacts(words[^1], words[^2], bases.Length == 0 ? [] : bases.Split(", "));
    }

    private static void ParseMember(TypeFacts type, bool native, string line)
    {
        int open = line.IndexOf('(', StringComparison.Ordinal), close = line.LastIndexOf(')');
        if (open < 0 || close < open)
        {
            if (line.StartsWith("field ", StringComparison.Ordinal)) type.Members[line.Split(" = ")[0].Split(' ')[^1]] = false;
            return;
        }

        string name = line[..open].Split(' ')[^1];
        string inside = line[(open + 1)..close];
        IEnumerable<string> parameters = inside.Length == 0 ? [] : inside.Split(", ").Select(ParameterType);
        type.Members[$"{name}({string.Join(',', parameters)})"] = native;
    }

    /// <summary><c>ref int location = 0</c> becomes <c>ref int</c>.</summary>
    private static string ParameterType(string parameter)
    {
        string declared = parameter.Split(" = ")[0];
        string type = declared[..declared.LastIndexOf(' ')];
        return type.StartsWith("out ", StringComparison.Ordinal) ? "ref " + type[4..] : type.Replace("params ", "", StringComparison.Ordinal);
    }

    private static string ReadEmbedded()
    {
        using StreamReader reader = new(typeof(CoreSurface).Assembly.GetManifestResourceStream("core-surface")!);
        return reader.ReadToEnd();
    }
}
