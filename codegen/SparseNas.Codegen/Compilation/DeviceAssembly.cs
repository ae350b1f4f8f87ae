using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace SparseNas.Codegen.Compilation;

/// <summary>One library of the device, as a reference assembly: metadata without bodies.</summary>
public sealed class DeviceAssembly
{
    internal DeviceAssembly(string name, ImmutableArray<byte> image)
    {
        Name = name;
        Image = image;
        Reference = MetadataReference.CreateFromImage(image);
    }

    /// <summary>The simple assembly name, such as <c>mscorlib</c>.</summary>
    public string Name { get; }

    /// <summary>The reference assembly's bytes.</summary>
    public ImmutableArray<byte> Image { get; }

    internal MetadataReference Reference { get; }
}
