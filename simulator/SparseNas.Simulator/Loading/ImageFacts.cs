using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace SparseNas.Simulator.Loading;

/// <summary>What an assembly becomes on the device: rows of its tables, bytes of its image, RAM that the loader takes.</summary>
/// <param name="Name">Assembly name.</param>
/// <param name="Tables">Rows by table, empty tables left out; <c>StaticFields</c> is the loader's count.</param>
/// <param name="LoaderRamBytes">RAM for cross references and static fields (TypeSystem.cpp).</param>
/// <param name="PeBytes">Size of the image file.</param>
/// <param name="IlBytes">Byte code table.</param>
/// <param name="SignatureBytes">Signature table, array initialisers included.</param>
/// <param name="StringBytes">String table.</param>
internal sealed record ImageFacts(string Name, IReadOnlyDictionary<string, int> Tables, int LoaderRamBytes, int PeBytes, int IlBytes, int SignatureBytes, int StringBytes)
{
    public static ImageFacts Of(AssemblyImage image) => new PeImage(image).Facts();
}
