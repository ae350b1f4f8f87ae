namespace SparseNas.Codegen.Firmware;

/// <summary>The sources need a library whose native part a board's firmware does not contain.</summary>
public sealed class BoardApiException : Exception
{
    private BoardApiException(string message)
        : base(message)
    {
    }

    /// <summary>Checks packages that have a native part of their own against what the board's firmware contains.</summary>
    /// <param name="board">The board.</param>
    /// <param name="packages">Packages that the sources use.</param>
    /// <exception cref="BoardApiException">The board lacks one or more; all of them are named.</exception>
    public static void ThrowIfLacking(BoardDeployment board, IReadOnlyList<DevicePackage> packages)
    {
        string[] lacking = packages
            .Where(package => package.BoardApi is { } api && !board.Apis.Contains(api, StringComparer.Ordinal))
            .Select(package => package.AssemblyName)
            .ToArray();
        if (lacking.Length == 0) return;

        throw new BoardApiException(
            $"The firmware of {board.Target} lacks {string.Join(" and ", lacking)}, which this program uses; "
            + $"it contains {string.Join(", ", board.Apis)}. Choose another strategy or another board.");
    }
}
