using System.Text.RegularExpressions;

namespace SparseNas.Boards;

/// <summary>
/// One board file as written: every field optional, because a variant states only what differs from the board it
/// <c>inherits</c>. <see cref="Over"/> lays a variant over its base; <see cref="Complete"/> demands that nothing is missing.
/// </summary>
internal sealed record BoardFile(
    string File, string Name, string? Inherits, string? Description, string? Core, string? CostTable, string? FloatingPoint, bool? InlinesCalls,
    IReadOnlyList<string>? Apis, string? SerialPort, string? DeploymentAddress, Calibration? Calibration, IReadOnlyDictionary<string, Figure> Figures)
{
    /// <summary>What firmware without a board's own word gets: the second port, because the first often carries the debugger.</summary>
    private const string UsualSerialPort = "COM2";

    private static readonly string[] s_required = ["clockHz", "ramBytes", "managedHeapBytes", "flashBytes", "deploymentBytes"];
    private static readonly string[] s_optional = ["slowHeapFactor", "activeMilliwatts"];
    private static readonly Figure s_internalRam = new(1, Accuracy.Exact, "heap in internal RAM");

    public static BoardFile Parse(string json, string file)
    {
        JsonFields fields = JsonFields.Open(json, file);
        Dictionary<string, Figure> figures = new(StringComparer.Ordinal);
        foreach (string key in s_required.Concat(s_optional))
        {
            if (fields.OptionalObject(key) is { } below) figures[key] = ReadFigure(below, fields, key);
        }

        JsonFields? calibration = fields.OptionalObject("calibration");
        BoardFile board = new(
            file, fields.Text("name"), fields.OptionalText("inherits"), fields.OptionalText("description"), fields.OptionalText("core"),
            fields.OptionalText("costTable"), fields.OptionalText("floatingPoint"), fields.OptionalFlag("inlinesCalls"), fields.OptionalTexts("apis"),
            fields.OptionalText("serialPort"), fields.OptionalText("deploymentAddress"), calibration is null ? null : Boards.Calibration.Read(calibration), figures);
        calibration?.RejectUnknown();
        if (board.FloatingPoint is not (null or "single" or "none" or "double")) fields.Error("floatingPoint", $"is none, single or double, but got '{board.FloatingPoint}'");
        if (board.SerialPort is { } port && !Regex.IsMatch(port, "^COM[1-9][0-9]?$")) fields.Error("serialPort", $"is COM and a number, such as COM2, but got '{port}'");
        if (board.DeploymentAddress is { } address && !Regex.IsMatch(address, "^0x[0-9A-F]{8}$"))
        {
            fields.Error("deploymentAddress", $"is 0x and eight hexadecimal digits, such as 0x08040000, but got '{address}'");
        }

        fields.Finish();
        return board;
    }

    public BoardFile Over(BoardFile parent) => this with
    {
        Description = Description ?? parent.Description,
        Core = Core ?? parent.Core,
        CostTable = CostTable ?? parent.CostTable,
        FloatingPoint = FloatingPoint ?? parent.FloatingPoint,
        InlinesCalls = InlinesCalls ?? parent.InlinesCalls,
        Apis = Apis ?? parent.Apis,
        SerialPort = SerialPort ?? parent.SerialPort,
        DeploymentAddress = DeploymentAddress ?? parent.DeploymentAddress,
        Calibration = Calibration ?? parent.Calibration,
        Figures = parent.Figures.Concat(Figures).GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Last().Value),
    };

    public BoardProfile Complete(Func<string, CostTable?> findTable, IEnumerable<string> knownTables)
    {
        List<string> errors = [];
        string Need(string? text, string key)
        {
            if (text is null) errors.Add($"{key}: is missing here and in every inherited board");
            return text ?? "";
        }

        foreach (string key in s_required.Where(key => !Figures.ContainsKey(key))) errors.Add($"{key}: is missing here and in every inherited board");
        string tableName = Need(CostTable, "costTable");
        CostTable? table = findTable(tableName);
        if (table is null && CostTable is not null) errors.Add($"costTable: '{tableName}' is not known; known: {string.Join(", ", knownTables)}");
        if (Apis is null) errors.Add("apis: is missing here and in every inherited board");
        string core = Need(Core, "core"), floatingPoint = Need(FloatingPoint, "floatingPoint");
        if (errors.Count > 0) throw new ConfigurationException(File, errors);
        return new BoardProfile
        {
            Name = Name,
            Description = Description ?? Name,
            Core = core,
            ClockHz = Figures["clockHz"],
            RamBytes = Figures["ramBytes"],
            ManagedHeapBytes = Figures["managedHeapBytes"],
            FlashBytes = Figures["flashBytes"],
            DeploymentBytes = Figures["deploymentBytes"],
            SlowHeapFactor = Figures.GetValueOrDefault("slowHeapFactor", s_internalRam),
            ActiveMilliwatts = Figures.GetValueOrDefault("activeMilliwatts"),
            FloatingPoint = floatingPoint,
            InlinesCalls = InlinesCalls ?? true,
            Apis = Apis!,
            SerialPort = SerialPort ?? UsualSerialPort,
            DeploymentAddress = DeploymentAddress,
            CostTable = table!,
            Calibration = Calibration ?? Boards.Calibration.None,
        };
    }

    private static Figure ReadFigure(JsonFields below, JsonFields parent, string key)
    {
        double value = below.Number("value");
        string accuracy = below.Text("accuracy");
        Figure figure = new(value, Accuracy.Estimate, below.Text("source"));
        if (value <= 0 || !double.IsFinite(value)) parent.Error($"{key}.value", $"must be positive, but got {value}");
        else if (key.EndsWith("Bytes", StringComparison.Ordinal) && (value != Math.Floor(value) || value > 1L << 40)) parent.Error($"{key}.value", $"must be a whole number of bytes, but got {value}");
        below.RejectUnknown();
        switch (accuracy)
        {
            case "exact": return figure with { Accuracy = Accuracy.Exact };
            case "upperBound": return figure with { Accuracy = Accuracy.UpperBound };
            case "estimate": return figure;
            default:
                if (accuracy.Length > 0) parent.Error($"{key}.accuracy", $"is exact, upperBound or estimate, but got '{accuracy}'");
                return figure;
        }
    }
}
