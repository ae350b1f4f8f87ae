using System.Collections.Immutable;
using SparseNas.Boards;
using SparseNas.Cli.Deployment;
using SparseNas.Codegen.Emission;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Codegen.Firmware;
using SparseNas.Codegen.Firmware.Application;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Search;
using SparseNas.Simulator;
using SparseNas.Testing.Networks;

namespace SparseNas.Cli.Tests.Deployment;

/// <summary>Where the fastest code does not fit a board, deployment takes the fastest that does.</summary>
public class TightBoardTests
{
    private static readonly BoardProfile Board = BoardCatalog.Default.Find("ESP32_C3");

    [Fact]
    public void Flash_between_small_and_fast_code_gives_code_between_them_that_fits()
    {
        Deployable deployable = Deployable();
        (BuiltFirmware fast, BuiltFirmware small) = (Build(deployable, EmissionGoal.Auto), Build(deployable, EmissionGoal.Small));
        Assert.True(fast.Generated.Cost.Cycles < small.Generated.Cost.Cycles);
        long room = (ImageBytes(fast) + (2 * ImageBytes(small))) / 3;
        var wish = new DeploymentWish(Goal: null, LiveInput.Own, FirmwareSdk.Stable, new Reserve(0, Board.DeploymentBytes.Whole - room));

        List<SimulatedRuns> runs = [];
        (BuiltFirmware firmware, FirmwareSimulation simulation) = wish.Fulfil(deployable, Board, CancellationToken.None, new Progress(runs.Add));

        Assert.Null(simulation.Problem);
        Assert.True(simulation.Fits, string.Join("; ", simulation.Limits.Where(limit => !limit.Fits)));
        Assert.InRange(ImageBytes(firmware), ImageBytes(small), room);
        Assert.InRange(firmware.Generated.Cost.Cycles, fast.Generated.Cost.Cycles + 1, small.Generated.Cost.Cycles - 1);
        Assert.All(runs, run => Assert.True(run.Most is null || run.Done <= run.Most));
        Assert.Contains(runs, run => run.Done > 5);
    }

    private static Deployable Deployable()
    {
        SeededRandom random = new(7);
        QuantizedNetwork network = RandomQuantizedNetworks.Draw(
            Architecture.Chain("tight", new Shape(8, 8, 1), 4, new Conv2D(6, 3, 3), new Relu(), new Conv2D(6, 3, 3), new Relu(), new Dense(4)), random);
        ImmutableArray<byte>[] images = [.. RandomImages.Draw(network.Graph.Input, 20, random).Select(image => image.ToImmutableArray())];
        return new Deployable("tight", network, new ModelHeader("0.0.0", "tight", null, "", []), InputEncoding.UnitRange, [], images, long.MaxValue, long.MaxValue);
    }

    private static BuiltFirmware Build(Deployable deployable, EmissionGoal goal) =>
        Deployer.Build(deployable, Board, goal, LiveInput.Own, deployable.BudgetFor(goal, Board));

    /// <summary>What the program takes in the device's own format, libraries included.</summary>
    private static long ImageBytes(BuiltFirmware firmware)
    {
        using SimulatedDevice device = new(Board);
        foreach (ReadOnlyMemory<byte> image in firmware.Program.Images) device.Load(image);
        device.Start();
        return device.Report().ImageBytes;
    }

    private sealed class Progress(Action<SimulatedRuns> report) : IProgress<SimulatedRuns>
    {
        public void Report(SimulatedRuns value) => report(value);
    }
}
