namespace SparseNas.Codegen.Firmware;

/// <summary>The two project systems of nanoFramework; packages and firmware of one cannot be mixed with the other's.</summary>
public enum FirmwareSdk
{
    /// <summary>The stable 1.x line: <c>.nfproj</c> and <c>packages.config</c>, built by MSBuild with the nanoFramework extension.</summary>
    Stable,

    /// <summary>The 2.x preview: an SDK-style project, built by <c>dotnet build</c>.</summary>
    Preview,
}
