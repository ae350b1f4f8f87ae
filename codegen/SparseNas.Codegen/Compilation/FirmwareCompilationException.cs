namespace SparseNas.Codegen.Compilation;

/// <summary>Sources do not compile for the device. Lists every error, not only the first.</summary>
public sealed class FirmwareCompilationException : Exception
{
    /// <summary>Names the assembly and every error.</summary>
    /// <param name="assemblyName">The assembly that was to be made.</param>
    /// <param name="diagnostics">At least one error, in source order.</param>
    public FirmwareCompilationException(string assemblyName, IReadOnlyList<FirmwareDiagnostic> diagnostics)
        : base(Describe(assemblyName, diagnostics))
    {
        Diagnostics = diagnostics;
    }

    /// <summary>All errors, in source order.</summary>
    public IReadOnlyList<FirmwareDiagnostic> Diagnostics { get; }

    private static string Describe(string assemblyName, IReadOnlyList<FirmwareDiagnostic> diagnostics)
    {
        string count = diagnostics.Count == 1 ? "1 error" : $"{diagnostics.Count} errors";
        return $"Firmware '{assemblyName}' does not compile for the device ({count}):\n" + string.Join('\n', diagnostics.Select(d => "  " + d));
    }
}
