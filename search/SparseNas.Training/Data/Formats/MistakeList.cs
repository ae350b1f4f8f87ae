namespace SparseNas.Training.Data.Formats;

/// <summary>Collects what is wrong with one file, so that its owner sees everything at once and not one mistake per run.</summary>
internal sealed class MistakeList(string file)
{
    private const int Shown = 10;
    private readonly List<string> shown = [];
    private int count;

    /// <summary>Whether nothing was added.</summary>
    public bool IsEmpty => count == 0;

    /// <summary>Adds one mistake: place, law, expected and found, without a full stop.</summary>
    public void Add(string mistake)
    {
        if (count++ < Shown) shown.Add(mistake);
    }

    /// <summary>Throws one error with the first ten mistakes and the number of the others.</summary>
    /// <exception cref="DatasetException">There is at least one.</exception>
    public void ThrowIfAny()
    {
        if (count == 0) return;
        string others = count > Shown ? $"; and {count - Shown} more" : "";
        throw new DatasetException(file, $"{string.Join("; ", shown)}{others}.");
    }
}
