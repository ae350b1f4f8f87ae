using SparseNas.Networks;

namespace SparseNas.Training.Data.Formats;

/// <summary>
/// The binary form of CIFAR-10, plain or gzip: records of 3,073 bytes, one label 0..9 and then 1,024 red, 1,024 green and 1,024 blue bytes,
/// each plane row by row. Source: A. Krizhevsky, https://www.cs.toronto.edu/~kriz/cifar.html, "Binary version".
/// </summary>
public static class CifarFile
{
    /// <summary>One image.</summary>
    public static Shape Shape { get; } = new(32, 32, 3);

    /// <summary>Number of classes.</summary>
    public const int Classes = 10;

    private const int RecordBytes = 1 + (32 * 32 * 3);
    private const int LargestBatchRecords = 100_000;

    /// <summary>Reads batches one after another into samples in NHWC order, red, green and blue of a pixel side by side.</summary>
    /// <param name="paths">At least one file; all hold whole records.</param>
    /// <exception cref="DatasetException">A file is missing, damaged, empty or not made of whole records, or a label is above 9.</exception>
    public static Samples ReadSamples(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        byte[][] batches = [.. paths.Select(ReadBatch)];
        int count = batches.Sum(batch => batch.Length / RecordBytes);
        var pixels = new byte[(long)count * Shape.Elements];
        var labels = new byte[count];
        int sample = 0;
        foreach (byte[] batch in batches)
        {
            for (int start = 0; start < batch.Length; start += RecordBytes, sample++)
            {
                labels[sample] = batch[start];
                Interleave(batch.AsSpan(start + 1, Shape.Elements), pixels.AsSpan(sample * Shape.Elements, Shape.Elements));
            }
        }

        return new Samples(Shape, Classes, pixels, labels);
    }

    private static byte[] ReadBatch(string path)
    {
        using DataFileReader file = DataFileReader.Open(path);
        byte[] bytes = file.ReadToEnd(LargestBatchRecords * RecordBytes);
        if (bytes.Length == 0 || bytes.Length % RecordBytes != 0)
        {
            throw new DatasetException(
                path, bytes.Length / RecordBytes * RecordBytes, $"a CIFAR-10 batch is whole records of {RecordBytes} bytes", "at least one and no rest",
                $"{bytes.Length / RecordBytes} records and {bytes.Length % RecordBytes} bytes");
        }

        for (int start = 0; start < bytes.Length; start += RecordBytes)
        {
            if (bytes[start] >= Classes)
                throw new DatasetException(path, start, $"record {start / RecordBytes} begins with its label", $"0..{Classes - 1}", $"{bytes[start]}");
        }

        return bytes;
    }

    private static void Interleave(ReadOnlySpan<byte> planes, Span<byte> pixels)
    {
        int area = planes.Length / 3;
        ReadOnlySpan<byte> red = planes[..area], green = planes.Slice(area, area), blue = planes[(2 * area)..];
        for (int pixel = 0; pixel < area; pixel++)
        {
            pixels[3 * pixel] = red[pixel];
            pixels[(3 * pixel) + 1] = green[pixel];
            pixels[(3 * pixel) + 2] = blue[pixel];
        }
    }
}
