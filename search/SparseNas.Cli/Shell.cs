namespace SparseNas.Cli;

/// <summary>Commands that are printed to be pasted.</summary>
internal static class Shell
{
    /// <summary>How the tool was called: by its own name when installed, through `dotnet run` in a clone.</summary>
    public static string Tool { get; } =
        IsInClone() ? "dotnet run -c Release --project search/SparseNas.Cli --" : "sparsenas";

    /// <summary>A word as the shell reads it back.</summary>
    public static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "_./-+=:@%".Contains(c)) ? word : "'" + word.Replace("'", "'\\''") + "'";

    /// <summary><c>dotnet run</c> starts the built program below the project's bin folder.</summary>
    private static bool IsInClone() =>
        AppContext.BaseDirectory.Replace('\\', '/').Contains("/SparseNas.Cli/bin/", StringComparison.Ordinal);
}
