using System.Collections.Immutable;
using SparseNas.Codegen.Firmware;
using SparseNas.Codegen.Firmware.Application;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Quantization.Execution;
using SparseNas.Simulator;
using SparseNas.Testing.Networks;

namespace SparseNas.Codegen.Tests.Firmware;

/// <summary>The application with images from a serial port, in the simulator: raw bytes in, answers out.</summary>
public class SerialApplicationTests
{
    private static readonly string Dots = new('.', TinyModel.Input.Height);

    private static FirmwareProject Tiny => TinyModel.Project(live: LiveInput.Serial);

    /// <summary>The lines that the application sent, without the dots that acknowledge rows.</summary>
    internal static IEnumerable<string> Answers(string serial) => serial.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimStart('.'));

    private static byte[] Bytes(IEnumerable<GoldenVector> images) => [.. images.SelectMany(image => image.Input)];

    [Fact]
    public void Rows_that_arrive_are_acknowledged_and_images_answered_with_number_and_name()
    {
        ImmutableArray<GoldenVector> images = TinyModel.Golden(3);
        string[] names = ["low", "middle ?", "high"];

        SimulatedRun run = SimulatedRun.Of(Tiny, serialInput: Bytes(images));

        Assert.Equal(string.Concat(images.Select(image => $"{Dots}CLASS {image.Class:0000} {names[image.Class]}\r\n")), run.Serial);
        Assert.True(run.SelfTest.IsComplete);
        Assert.Equal(4, run.SelfTest.Passed);
    }

    [Theory]
    [InlineData(6, "RESET 0001\r\n")]
    [InlineData(8, "RESET 0001\r\n")]
    [InlineData(5, "RESET 0000\r\n")]
    public void An_image_that_stops_half_way_is_dropped_and_said_so(int bytes, string answer)
    {
        SimulatedRun run = SimulatedRun.Of(Tiny, serialInput: Bytes(TinyModel.Golden(1))[..bytes]);

        Assert.Equal(answer, run.Serial.TrimStart('.'));
    }

    [Fact]
    public void After_the_start_nothing_is_allocated_however_many_images_arrive()
    {
        ImmutableArray<GoldenVector> images = TinyModel.Golden(12);

        SimulationReport none = SimulatedRun.Of(Tiny).Report, one = SimulatedRun.Of(Tiny, serialInput: Bytes(images[..1])).Report;
        SimulationReport twelve = SimulatedRun.Of(Tiny, serialInput: [.. Bytes(images), 1, 2, 3]).Report;

        Assert.Equal(none.Allocations, one.Allocations);
        Assert.Equal(none.Allocations, twelve.Allocations);
        Assert.Equal(one.Collections, twelve.Collections);
        Assert.Equal(one.HeapPeakBytes, twelve.HeapPeakBytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_networks_answer_as_the_reference_executor_and_allocate_nothing(ulong seed)
    {
        QuantizedNetwork network = GeneratedApplicationTests.Draw(seed);
        FirmwareProject project = GeneratedApplicationTests.Project(network, GeneratedApplicationTests.Golden(network, seed), live: LiveInput.Serial);
        byte[][] images = RandomImages.Draw(network.Graph.Input, 5, new SeededRandom(seed, 9));

        SimulatedRun one = SimulatedRun.Of(project, serialInput: images[0]), all = SimulatedRun.Of(project, serialInput: [.. images.SelectMany(image => image)]);

        Assert.Equal(images.Select(image => NaiveIntegerExecutor.Run(network, image).Class).Select(answer => $"CLASS {answer:0000} {answer}"), Answers(all.Serial));
        Assert.Equal(one.Report.Allocations, all.Report.Allocations);
    }

    /// <summary>What the model's own members allocate, called one by one; the first inference lets the device cache its stack frames.</summary>
    [Fact]
    public void The_models_members_allocate_nothing_but_the_reference_to_a_label()
    {
        QuantizedNetwork network = GeneratedApplicationTests.Draw(1);
        using var device = new SimulatedDevice(SimulatedRun.Board);
        foreach (var assembly in FirmwareBuild.Compile(GeneratedApplicationTests.Project(network, GeneratedApplicationTests.Golden(network, 1)).Assemblies)) device.Load(assembly.Image);
        byte[] image = RandomImages.Draw(network.Graph.Input, 1, new SeededRandom(1, 9))[0];
        int rowBytes = network.Graph.Input.Width * network.Graph.Input.Channels;
        long Allocated(string type) => device.Report().Allocations.Where(allocation => allocation.Type == type).Sum(allocation => allocation.Bytes);
        long Others() => device.Report().Allocations.Where(allocation => allocation.Type is not ("System.Byte[]" or "System.String")).Sum(allocation => allocation.Bytes);
        device.Start();
        (long rows, long texts, long others) = (Allocated("System.Byte[]"), Allocated("System.String"), Others());

        device.Call("SparseNas.Generated.Model.Reset");
        foreach (byte[] row in image.Chunk(rowBytes)) device.Call("SparseNas.Generated.Model.PushRow", row);
        device.Call("SparseNas.Generated.Model.Run");
        int answer = (int)device.Call("SparseNas.Generated.Model.Class")!;
        device.Call("SparseNas.Generated.Model.Logit", answer);

        // The rows are what this test itself passed in.
        Assert.Equal(network.Graph.Input.Height * 12 * (((20 + rowBytes) + 11) / 12), Allocated("System.Byte[]") - rows);
        Assert.Equal(texts, Allocated("System.String"));
        Assert.Equal(others, Others());
    }
}
