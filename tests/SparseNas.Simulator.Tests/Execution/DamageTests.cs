using SparseNas.Networks;
using SparseNas.Simulator.Tests.Conformance;

namespace SparseNas.Simulator.Tests.Execution;

/// <summary>A damaged or hostile assembly ends in a clear error or runs as something else, within its budget; it never crashes or hangs.</summary>
public class DamageTests
{
    private static readonly string[] s_victims = ["cnn_small", "exception_flow", "struct_copies", "virtual_interface_delegate", "ref_in_out", "rare_instructions", "strings_small", "jagged_arrays", "switch_tables"];

    [Fact]
    public void SixHundredDamagedAssembliesAreSurvived() => Survive(600);

    [Fact]
    [Trait("Category", "Exhaustive")]
    public void TenThousandDamagedAssembliesAreSurvived() => Survive(10_000);

    private static void Survive(int mutants)
    {
        List<byte[]> images = [.. s_victims.Select(name => ConformanceCase.Open(name).Compile().ToArray())];
        for (int mutant = 0; mutant < mutants; mutant++) RunMutant(images[mutant % images.Count], (ulong)mutant);
    }

    private static void RunMutant(byte[] original, ulong seed)
    {
        SeededRandom random = new(seed);
        byte[] image = (byte[])original.Clone();
        int changes = 1 + random.Next(6);
        for (int c = 0; c < changes; c++) image[random.Next(image.Length)] = (byte)random.Next(256);
        if (random.Next(20) == 0) Array.Resize(ref image, random.Next(image.Length));
        try
        {
            using SimulatedDevice device = new(ConformanceCase.Board, 60_000) { BudgetOpcodes = 300_000 };
            device.Load(image, $"mutant {seed}");
            device.Run("Case.Run");
        }
        catch (Exception e) when (e is DamagedAssemblyException or MissingMemberFault or FirmwareFault || (e is ArgumentException && e.Message.StartsWith("no static method", StringComparison.Ordinal)))
        {
            Assert.NotEmpty(e.Message);
        }
    }
}
