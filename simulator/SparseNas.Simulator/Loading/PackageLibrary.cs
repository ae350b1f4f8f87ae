using System.Reflection.Metadata;

namespace SparseNas.Simulator.Loading;

/// <summary>
/// A library of the device's other packages. Its methods are modelled in <c>Corlib</c>, but its image is part of the deployment and its tables take
/// RAM like any other assembly's. The figures follow from the libraries' sources, compiled and laid out by <see cref="PeImage"/>; what their static
/// constructors allocate is not counted.
/// </summary>
/// <param name="Name">Assembly name.</param>
/// <param name="PeBytes">Size of its image.</param>
/// <param name="LoaderRamBytes">RAM that the loader takes for it.</param>
/// <param name="Needs">Assemblies that its package brings with it.</param>
internal sealed record PackageLibrary(string Name, int PeBytes, int LoaderRamBytes, params IReadOnlyList<string> Needs)
{
    /// <summary>Sources: the repositories of these names under github.com/nanoframework at the commits behind them, July 2026.</summary>
    private static readonly PackageLibrary[] s_known =
    [
        new("nanoFramework.Runtime.Native", 1_948, 416),                                                    // a7c24bd
        new("nanoFramework.Runtime.Events", 3_748, 576),                                                    // ec7a0a0
        new("nanoFramework.ResourceManager", 1_904, 324),                                                   // 6908940
        new("nanoFramework.System.Text", 5_888, 584),                                                       // 4c12b0e
        new("System.IO.Streams", 7_560, 792, "nanoFramework.System.Text"),                                  // ff384f9
        new("System.IO.Ports", 6_132, 788, "nanoFramework.Runtime.Events", "System.IO.Streams"),            // ba564c9
        new("nanoFramework.Hardware.Esp32", 12_392, 1_372, "nanoFramework.Runtime.Events"),                 // 579dbaf
    ];

    /// <summary>The libraries that assemblies refer to, with those these need, each once; without those that were loaded themselves.</summary>
    public static IReadOnlyList<PackageLibrary> UsedBy(IReadOnlyList<AssemblyImage> assemblies)
    {
        List<PackageLibrary> used = [];
        void Add(string name)
        {
            if (Array.Find(s_known, library => library.Name == name) is not { } library || used.Contains(library)) return;
            if (assemblies.Any(assembly => assembly.Name == name)) return;
            foreach (string needed in library.Needs) Add(needed);
            used.Add(library);
        }

        foreach (AssemblyImage assembly in assemblies)
        {
            MetadataReader metadata = assembly.Metadata;
            foreach (AssemblyReferenceHandle handle in metadata.AssemblyReferences) Add(metadata.GetString(metadata.GetAssemblyReference(handle).Name));
        }

        return used;
    }
}
