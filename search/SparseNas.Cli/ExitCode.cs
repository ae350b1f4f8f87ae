namespace SparseNas.Cli;

/// <summary>What the process says to scripts.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Failure = 1;
    public const int Usage = 2;
    public const int NothingFits = 3;
    public const int Cancelled = 130;
}
