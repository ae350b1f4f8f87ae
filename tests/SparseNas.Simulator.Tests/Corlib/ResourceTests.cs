using System.Resources;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SparseNas.Codegen.Compilation;
using SparseNas.Simulator.Loading;
using SparseNas.Simulator.Tests.Conformance;
using ResourceFile = SparseNas.Simulator.Loading.ResourceFile;

namespace SparseNas.Simulator.Tests.Corlib;

/// <summary>Reading an embedded resource in chunks, as streamed weights do.</summary>
public class ResourceTests
{
    private static readonly byte[] s_bytes = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * 7))];

    private static readonly string s_source = $$"""
        using System;
        using System.Resources;
        using nanoFramework.Runtime.Native;
        public static class Case
        {
            private enum Id : short { Weights = {{ResourceFile.IdOf("weights")}}, Missing = 12345 }
            private static readonly ResourceManager Manager = new ResourceManager("App.Model", typeof(Case).Assembly);
            public static byte[] Chunk(int offset, int length) { return (byte[])ResourceUtility.GetObject(Manager, Id.Weights, offset, length); }
            public static byte[] Whole() { return (byte[])ResourceUtility.GetObject(Manager, Id.Weights); }
            public static string Failure(int offset)
            {
                try { Chunk(offset, 1); return "none"; }
                catch (Exception e) { return e.GetType().FullName; }
            }
            public static string Unknown()
            {
                try { ResourceUtility.GetObject(Manager, Id.Missing); return "none"; }
                catch (Exception e) { return e.GetType().FullName; }
            }
            public static int Sum()
            {
                int sum = 0;
                for (int at = 0; at < 5000; at += 100)
                {
                    byte[] chunk = Chunk(at, 100);
                    for (int i = 0; i < chunk.Length; i++) sum += chunk[i];
                }

                return sum;
            }

            public static void Main() { }
        }
        """;

    [Fact]
    public void ChunksAreCutAtTheEndAndCostTheirArray()
    {
        using SimulatedDevice device = Device(100_000);
        Assert.Equal(s_bytes[10..30], device.Call("Case.Chunk", 10, 20));
        Assert.Equal(s_bytes[4990..], device.Call("Case.Chunk", 4990, 20));
        Assert.Equal(s_bytes, device.Call("Case.Whole"));
        Assert.Equal("System.IndexOutOfRangeException", device.Call("Case.Failure", 5000));
        Assert.Equal("System.ArgumentException", device.Call("Case.Unknown"));
        long before = Allocated(device);
        _ = device.Call("Case.Chunk", 0, 100);
        Assert.Equal(12 * Math.Ceiling((20 + 100) / 12.0), Allocated(device) - before);
    }

    [Fact]
    public void StreamingNeedsRoomForOneChunkOnly()
    {
        using SimulatedDevice device = Device(8_000);
        Assert.Equal(s_bytes.Sum(value => value), device.Call("Case.Sum"));
        Assert.True(device.Report().Collections > 0);
        _ = Assert.Throws<FirmwareFault>(() => device.Call("Case.Whole"));
    }

    [Fact]
    public void TheImageGrowsByTheBytesTheirRowsAndTheFilesName()
    {
        using SimulatedDevice with = Device(100_000), without = Device(100_000, withResource: false);
        int name = "App.Model.nanoresources".Length + 1;
        int grown = 5000 + (2 * 8) + 24;
        Assert.InRange(with.Report().PeBytes - without.Report().PeBytes, grown + name - 3, grown + name + 3);
    }

    private static long Allocated(SimulatedDevice device) => device.Report().Allocations.Where(entry => entry.Type == "System.Byte[]").Sum(entry => entry.Bytes);

    private static SimulatedDevice Device(int heapBytes, bool withResource = true)
    {
        MemoryStream resources = new();
        using (ResourceWriter writer = new(resources))
        {
            writer.AddResource("weights", s_bytes);
            writer.Generate();
            resources = new MemoryStream(resources.ToArray());
        }

        CSharpCompilation compilation = CSharpCompilation.Create(
            "app", [CSharpSyntaxTree.ParseText(s_source, new CSharpParseOptions(LanguageVersion.CSharp7_3))], DeviceFacade.Assemblies.Select(library => MetadataReference.CreateFromImage(library.Image)),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, optimizationLevel: OptimizationLevel.Release, assemblyIdentityComparer: DesktopAssemblyIdentityComparer.Default));
        using MemoryStream image = new();
        ResourceDescription embedded = new("App.Model.resources", () => resources, isPublic: true);
        Assert.Empty(compilation.Emit(image, manifestResources: withResource ? [embedded] : []).Diagnostics.Where(found => found.Severity == DiagnosticSeverity.Error));
        SimulatedDevice device = new(ConformanceCase.Board, heapBytes);
        device.Load(image.ToArray());
        return device;
    }
}
