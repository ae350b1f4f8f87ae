using System.CommandLine;
using SparseNas.Boards;

namespace SparseNas.Cli.Commands;

/// <summary>A board is named from the catalogue, or is the user's own file.</summary>
internal static class BoardOption
{
    public static Option<string?> Create(string description) => new("--board") { Description = description, HelpName = "NAME|FILE" };

    /// <summary>The board called <paramref name="nameOrFile"/>.</summary>
    public static BoardProfile Resolve(string nameOrFile)
    {
        if (BoardCatalog.Default.TryFind(nameOrFile) is { } known) return known;
        if (nameOrFile.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            return File.Exists(nameOrFile)
                ? BoardCatalog.Default.Load(File.ReadAllText(nameOrFile), nameOrFile)
                : throw new UsageException($"The board file '{nameOrFile}' does not exist.");
        }

        throw new UsageException(
            $"Board '{nameOrFile}' is not known{Suggestion(nameOrFile)}. `sparsenas boards` lists them; a board of your own is a JSON file: --board my-board.json.");
    }

    private static string Suggestion(string name)
    {
        BoardProfile[] near = [.. BoardCatalog.Default.All.Where(board => board.Name.Contains(name, StringComparison.OrdinalIgnoreCase)
            || name.Contains(board.Name, StringComparison.OrdinalIgnoreCase)).Take(5)];
        return near.Length == 0 ? "" : $"; did you mean {string.Join(", ", near.Select(board => board.Name))}?";
    }
}
