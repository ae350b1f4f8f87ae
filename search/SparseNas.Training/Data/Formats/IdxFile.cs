using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Training.Data.Formats;

/// <summary>
/// The IDX format of MNIST and its successors, plain or gzip: two zero bytes, the element type (0x08 = unsigned byte, the only one read
/// here), the number of dimensions, each dimension as big-endian 32-bit, then the elements with the last dimension innermost. Images have
/// three dimensions (count, rows, columns) or four (and channels); labels have one. Source: Y. LeCun, "The MNIST database", file formats.
/// </summary>
public static class IdxFile
{
    private const byte UnsignedByte = 0x08;

    /// <summary>Reads images and their labels.</summary>
    /// <param name="imagesPath">A file of three or four dimensions.</param>
    /// <param name="labelsPath">A file of one dimension, as long as the first one of the images.</param>
    /// <param name="classes">Number of classes, 1..256, or null for one more than the largest label.</param>
    /// <exception cref="DatasetException">A file is missing, damaged, truncated, too long, or the two do not belong together.</exception>
    public static Samples ReadSamples(string imagesPath, string labelsPath, int? classes = null)
    {
        (ImmutableArray<int> labelCount, byte[] labels) = Read(labelsPath, 1, 1);
        int known = classes ?? labels.Max() + 1;
        int bad = Samples.LabelAtOrAbove(labels, known);
        if (bad >= 0)
            throw new DatasetException(labelsPath, HeaderBytes(1) + bad, "every label is a class", $"0..{known - 1}", $"{labels[bad]}");
        (ImmutableArray<int> size, byte[] pixels) = Read(imagesPath, 3, 4);
        if (size[0] != labelCount[0])
        {
            throw new DatasetException(
                imagesPath, sizeof(uint), $"as many images as there are labels in {Path.GetFileName(labelsPath)}", $"{labelCount[0]}", $"{size[0]}");
        }

        return new Samples(new Shape(size[1], size[2], size.Length == 4 ? size[3] : 1), known, pixels, labels);
    }

    /// <summary>Reads one array.</summary>
    /// <returns>Its dimensions, outermost first, each at least 1, and its bytes, innermost dimension last.</returns>
    private static (ImmutableArray<int> Dimensions, byte[] Values) Read(string path, int fewestDimensions, int mostDimensions)
    {
        using DataFileReader file = DataFileReader.Open(path);
        byte[] magic = file.ReadBytes(sizeof(uint), "the IDX magic number");
        string law = "an IDX file of bytes begins with 00 00 08 and the number of dimensions";
        string dimensions = fewestDimensions == mostDimensions ? $"{fewestDimensions}" : $"{fewestDimensions} or {mostDimensions}";
        if (magic[0] != 0 || magic[1] != 0 || magic[2] != UnsignedByte || magic[3] < fewestDimensions || magic[3] > mostDimensions)
            throw new DatasetException(path, 0, law, $"00 00 08 and {dimensions}", Convert.ToHexString(magic));

        var sizes = new int[magic[3]];
        UInt128 product = 1;
        for (int dimension = 0; dimension < sizes.Length; dimension++)
        {
            long at = file.OffsetBytes;
            uint size = file.ReadUInt32BigEndian($"dimension {dimension + 1} of {sizes.Length}");
            if (size is 0 or > int.MaxValue)
                throw new DatasetException(path, at, $"dimension {dimension + 1} is a positive 32-bit number", $"1..{int.MaxValue}", $"{size}");
            sizes[dimension] = (int)size;
            product *= size;
        }

        string what = $"{string.Join(" x ", sizes)} elements";
        byte[] values = file.ReadBytes((long)UInt128.Min(product, long.MaxValue), what);
        file.ExpectEnd(what);
        return ([.. sizes], values);
    }

    private static int HeaderBytes(int dimensions) => sizeof(uint) * (1 + dimensions);
}
