using System.Collections.Immutable;
using System.Globalization;

namespace SparseNas.Training.Data.UserData;

/// <summary>Turns what a file calls a class into its number: a name of the manifest, or a number below the number of classes.</summary>
/// <param name="classNames">Names in the order of the labels, or null when labels are numbers 0..255.</param>
internal sealed class LabelReader(ImmutableArray<string>? classNames)
{
    private readonly Dictionary<string, byte>? byName =
        classNames?.Select((name, index) => (name, index)).ToDictionary(of => of.name, of => (byte)of.index);

    /// <summary>The law that a label must obey, for messages.</summary>
    public string Law => classNames is { } names ? $"one of {Shown(names)} or its number 0..{names.Length - 1}" : "a number 0..255";

    /// <summary>The label that a field of text stands for.</summary>
    public bool TryRead(ReadOnlySpan<char> field, out byte label)
    {
        if (byName is not null && byName.TryGetValue(field.ToString(), out label)) return true;
        label = 0;
        return double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && TryRead(number, out label);
    }

    /// <summary>The label that a number stands for.</summary>
    public bool TryRead(double number, out byte label)
    {
        label = (byte)Math.Clamp(number, 0, 255);
        return number == label && (classNames is not { } names || label < names.Length);
    }

    private static string Shown(ImmutableArray<string> names) => names.Length <= 8 ? string.Join(", ", names) : string.Join(", ", names[..8]) + ", …";
}
