using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Training.Data.UserData;

/// <summary>What a user's <c>dataset.json</c> says; see <see cref="UserDataset"/> for the format.</summary>
/// <param name="Name">Name for reports.</param>
/// <param name="Shape">Extent of a sample, or null to take it from the arrays or windows.</param>
/// <param name="ClassNames">Names in the order of the labels, or null when labels are numbers.</param>
/// <param name="Range">Real values of the bytes 0 and 255, or null when the data are bytes.</param>
/// <param name="LabelFirst">Whether the label of a CSV row is its first field, not its last.</param>
/// <param name="Window">How time steps form samples, or null when each CSV row is a sample.</param>
/// <param name="Train">Samples to learn from.</param>
/// <param name="Test">Where the test samples come from.</param>
internal sealed record DatasetManifest(
    string Name,
    Shape? Shape,
    ImmutableArray<string>? ClassNames,
    ValueRange? Range,
    bool LabelFirst,
    SensorWindow? Window,
    SampleSource Train,
    TestSource Test);

/// <summary>Real values that the bytes 0 and 255 stand for; <c>Minimum ≤ 0 ≤ Maximum</c>, and they differ.</summary>
internal sealed record ValueRange(double Minimum, double Maximum);

/// <summary>A sample is <see cref="Rows"/> successive rows; the next one begins <see cref="StrideRows"/> rows later.</summary>
internal sealed record SensorWindow(int Rows, int StrideRows);

/// <summary>Where samples and their labels are: a closed set. Paths are absolute.</summary>
internal abstract record SampleSource
{
    /// <summary>A CSV file that holds both.</summary>
    public sealed record Csv(string Path) : SampleSource;

    /// <summary>Two NumPy arrays: <c>file.npy</c>, or <c>file.npz#key</c>.</summary>
    public sealed record Arrays(string Samples, string Labels) : SampleSource;
}

/// <summary>Where test samples come from: a closed set.</summary>
internal abstract record TestSource
{
    /// <summary>Files of their own.</summary>
    public sealed record Separate(SampleSource Source) : TestSource;

    /// <summary>This share of the training samples, spread evenly over each class in file order.</summary>
    public sealed record HeldOut(double Fraction) : TestSource;
}
