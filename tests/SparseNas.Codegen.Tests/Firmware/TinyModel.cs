using System.Collections.Immutable;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Firmware;
using SparseNas.Codegen.Firmware.Application;
using SparseNas.Networks;

namespace SparseNas.Codegen.Tests.Firmware;

/// <summary>
/// A model small enough to write by hand, with the same members as a generated one: each class sums the input under its own weights,
/// w = (5·class + 3·position) mod 7 − 3.
/// </summary>
internal static class TinyModel
{
    public const int Classes = 3;

    public static readonly Shape Input = new(4, 3, 2);

    public const string Text =
        """
        namespace SparseNas.Generated
        {
            public static class Model
            {
                public const int InputBytes = 24;
                public const int InputHeight = 4;
                public const int InputWidth = 3;
                public const int InputChannels = 2;
                public const int RowBytes = 6;
                public const int Classes = 3;
                public const int ArenaBytes = 24;
                public static readonly byte[] Arena = new byte[24];
                private static readonly int[] logits = new int[3];
                private static int nextRow;

                public static void Reset()
                {
                    nextRow = 0;
                }

                public static int RowOffset
                {
                    get { return nextRow * RowBytes; }
                }

                public static void RowArrived()
                {
                    nextRow++;
                }

                public static void Run()
                {
                    for (int output = 0; output < 3; output++)
                    {
                        int sum = 0;
                        for (int index = 0; index < 24; index++) sum += ((5 * output + 3 * index) % 7 - 3) * Arena[index];
                        logits[output] = sum;
                    }
                }

                public static int Logit(int index)
                {
                    return logits[index];
                }

                public static string Label(int index)
                {
                    switch (index)
                    {
                        case 0: return "low";
                        case 1: return "middle \u00e9";
                        default: return "high";
                    }
                }

                public static int Class()
                {
                    int best = 0;
                    for (int index = 1; index < 3; index++)
                    {
                        if (logits[index] > logits[best]) best = index;
                    }

                    return best;
                }
            }
        }

        """;

    /// <summary>The same sums, computed here.</summary>
    public static ImmutableArray<int> Logits(ImmutableArray<byte> input) =>
        [.. Enumerable.Range(0, Classes).Select(output => Enumerable.Range(0, 24).Sum(i => ((((5 * output) + (3 * i)) % 7) - 3) * input[i]))];

    public static ImmutableArray<GoldenVector> Golden(int count)
    {
        var random = new SeededRandom(11);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            ImmutableArray<byte> input = [.. Enumerable.Range(0, 24).Select(_ => (byte)random.Next(256))];
            return new GoldenVector(input, Logits(input));
        })];
    }

    public static FirmwareModel Model(string title = "tiny", string text = Text) => new(
        title,
        Input,
        InputEncoding.UnitRange,
        [new SourceFile("Model.cs", text)],
        [],
        Golden(4),
        []);

    public static readonly BoardDeployment Board = new(
        "ESP32_C3", "ESP32-C3, one RISC-V core", ["nanoFramework.Runtime.Native", "System.IO.Ports", "nanoFramework.ResourceManager", "nanoFramework.Hardware.Esp32"], "COM2");

    public static FirmwareProject Project(string title = "tiny", FirmwareSdk sdk = FirmwareSdk.Stable, LiveInput live = LiveInput.Own) =>
        ModelApplication.Project(Model(title), Board, sdk, live);
}
