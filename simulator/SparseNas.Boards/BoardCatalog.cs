using System.Reflection;

namespace SparseNas.Boards;

/// <summary>
/// The boards and cost tables that the project ships, embedded so that they work wherever the tool is installed, and a
/// user's own boards from files.
/// <code>
/// BoardProfile board = BoardCatalog.Default.Find("ESP32_C3");
/// BoardProfile mine = BoardCatalog.Default.Load(File.ReadAllText("my-board.json"), "my-board.json");
/// </code>
/// </summary>
public sealed class BoardCatalog
{
    private static readonly Lazy<BoardCatalog> s_default = new(LoadEmbedded);
    private readonly Dictionary<string, BoardFile> _files;
    private readonly Dictionary<string, CostTable> _tables;
    private readonly Dictionary<string, BoardProfile> _boards;

    private BoardCatalog(IEnumerable<BoardFile> files, IEnumerable<CostTable> tables)
    {
        _files = files.ToDictionary(file => file.Name, StringComparer.OrdinalIgnoreCase);
        _tables = tables.ToDictionary(table => table.Name, StringComparer.OrdinalIgnoreCase);
        _boards = _files.Values.Select(Resolve).ToDictionary(board => board.Name, StringComparer.OrdinalIgnoreCase);
        All = [.. _boards.Values.OrderBy(board => board.Name, StringComparer.Ordinal)];
        CostTables = [.. _tables.Values.OrderBy(table => table.Name, StringComparer.Ordinal)];
    }

    /// <summary>The shipped boards and tables.</summary>
    public static BoardCatalog Default => s_default.Value;

    /// <summary>All boards, by name.</summary>
    public IReadOnlyList<BoardProfile> All { get; }

    /// <summary>All cost tables, by name.</summary>
    public IReadOnlyList<CostTable> CostTables { get; }

    /// <summary>Builds a catalog from the texts of files.</summary>
    /// <param name="boards">Board files: name for messages, and text.</param>
    /// <param name="costs">Cost table files: name for messages, and text.</param>
    /// <returns>The catalog.</returns>
    /// <exception cref="ConfigurationException">A file breaks a rule; all mistakes of the first such file are listed.</exception>
    public static BoardCatalog Parse(IEnumerable<(string File, string Json)> boards, IEnumerable<(string File, string Json)> costs) =>
        new([.. boards.Select(board => BoardFile.Parse(board.Json, board.File))], [.. costs.Select(cost => CostTable.Parse(cost.Json, cost.File))]);

    /// <summary>A board by its name, upper or lower case.</summary>
    /// <param name="name">Target name, such as <c>ESP32_C3</c>.</param>
    /// <returns>The board.</returns>
    /// <exception cref="KeyNotFoundException">No such board; the message names those there are.</exception>
    public BoardProfile Find(string name) => TryFind(name) ?? throw new KeyNotFoundException(
        $"board '{name}' is not known; known boards: {string.Join(", ", All.Select(board => board.Name))}; a board of your own is a JSON file with the keys of configs/boards");

    /// <summary>A board by its name, or null.</summary>
    /// <param name="name">Target name, upper or lower case.</param>
    /// <returns>The board, or null when there is none.</returns>
    public BoardProfile? TryFind(string name) => _boards.GetValueOrDefault(name);

    /// <summary>A cost table by its name.</summary>
    /// <param name="name">Such as <c>cortex-m4f-lto</c>.</param>
    /// <returns>The table.</returns>
    /// <exception cref="KeyNotFoundException">No such table; the message names those there are.</exception>
    public CostTable FindCostTable(string name) => _tables.GetValueOrDefault(name)
        ?? throw new KeyNotFoundException($"cost table '{name}' is not known; known: {string.Join(", ", _tables.Keys)}");

    /// <summary>A user's own board; it may inherit from a shipped one.</summary>
    /// <param name="json">Text of the board file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <returns>The board.</returns>
    /// <exception cref="ConfigurationException">The text breaks a rule; all mistakes are listed.</exception>
    public BoardProfile Load(string json, string file) => Resolve(BoardFile.Parse(json, file));

    private BoardProfile Resolve(BoardFile file)
    {
        // By file, not by name: a user's board may refine the shipped board of the same name, as a calibration does.
        List<BoardFile> line = [file];
        BoardFile whole = file;
        for (BoardFile child = file; child.Inherits is { } parentName;)
        {
            if (!_files.TryGetValue(parentName, out BoardFile? parent)) throw new ConfigurationException(file.File, [$"inherits: board '{parentName}' is not known; known: {string.Join(", ", _files.Keys)}"]);
            if (line.Any(passed => ReferenceEquals(passed, parent))) throw new ConfigurationException(file.File, [$"inherits: goes round in a circle: {string.Join(" -> ", line.Select(passed => passed.Name))} -> {parent.Name}"]);
            line.Add(parent);
            whole = whole.Over(parent);
            child = parent;
        }

        return whole.Complete(name => _tables.GetValueOrDefault(name), _tables.Keys);
    }

    private static BoardCatalog LoadEmbedded() => Parse(Embedded("boards/"), Embedded("costs/"));

    private static IEnumerable<(string File, string Json)> Embedded(string prefix)
    {
        Assembly here = typeof(BoardCatalog).Assembly;
        foreach (string name in here.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            using StreamReader reader = new(here.GetManifestResourceStream(name)!);
            yield return (name, reader.ReadToEnd());
        }
    }
}
