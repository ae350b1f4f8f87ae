using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Training.Data;

/// <summary>
/// Labelled data for one classification task. Training and search read <see cref="Train"/> and split their validation part off it;
/// <see cref="Test"/> is loaded only when its value is asked for, which nothing but the final report does.
/// </summary>
/// <param name="Name">Name in the catalogue, or the user's own.</param>
/// <param name="Shape">Extent of one sample.</param>
/// <param name="ClassNames">One name per class, in the order of the labels.</param>
/// <param name="Encoding">What a byte means as a real number.</param>
/// <param name="Train">Samples to learn and to validate with.</param>
/// <param name="Test">Samples for the last measurement; reading the value may throw <see cref="DatasetException"/>.</param>
/// <param name="Provenance">Where the data comes from, how it was split and what is special about it, as prose.</param>
public sealed record Dataset(
    string Name,
    Shape Shape,
    ImmutableArray<string> ClassNames,
    InputEncoding Encoding,
    Samples Train,
    Lazy<Samples> Test,
    string Provenance)
{
    /// <summary>Number of classes.</summary>
    public int Classes => ClassNames.Length;
}
