namespace SparseNas.Codegen.Firmware;

/// <summary>The sources need a library that the board's firmware, or the chosen line of packages, does not contain.</summary>
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

    /// <summary>Checks that every package has a version on the 2.x preview line.</summary>
    /// <param name="packages">Packages that the sources use.</param>
    /// <exception cref="BoardApiException">One or more have none; all of them are named.</exception>
    public static void ThrowIfNoPreview(IReadOnlyList<DevicePackage> packages)
    {
        string[] lacking = packages.Where(package => package.Preview is null).Select(package => package.Id).ToArray();
        if (lacking.Length == 0) return;

        throw new BoardApiException(
            $"The 2.x preview has no package {string.Join(" and ", lacking)} known to this program, which the sources need; "
            + "write the project for the stable line instead.");
    }
}
