using System.Security.Cryptography;
using System.Text;

namespace SparseNas.Codegen.Firmware.Files;

/// <summary>Identities in project files. They follow from names, so the same project gives the same bytes.</summary>
internal static class ProjectGuids
{
    /// <summary>nanoFramework's project type.</summary>
    public const string NanoFramework = "{11A8DD76-328B-46DF-9F39-F559912D0360}";

    /// <summary>nanoFramework's project type and C#'s.</summary>
    public const string ProjectTypes = NanoFramework + ";{FAE04EC0-301F-11D3-BF4B-00C04F79EFBC}";

    /// <summary>The C# project type of SDK-style projects.</summary>
    public const string SdkCSharp = "{9A19103F-16F7-4668-BE54-9A1E7A4F7556}";

    /// <summary>The identity of the project with this name.</summary>
    public static Guid Of(FirmwareName name) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes("SparseNas firmware " + name.Value)).AsSpan(0, 16));
}
