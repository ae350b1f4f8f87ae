using System.Runtime.Intrinsics.X86;
using SparseNas.Networks;
using SparseNas.Training.Engine;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Tests.Engine;

/// <summary>Bytes of images to blocks of numbers, against reading them one by one.</summary>
public unsafe class ImageEncoderTests
{
    public static TheoryData<InstructionSet, int, int, int, int> Cases()
    {
        var data = new TheoryData<InstructionSet, int, int, int, int>();
        foreach (InstructionSet set in Enum.GetValues<InstructionSet>().Where(EngineInstructions.IsSupported))
        {
            data.Add(set, 28, 28, 1, 16);
            data.Add(set, 5, 7, 3, 16);
            data.Add(set, 3, 4, 2, 5);
            data.Add(set, 1, 9, 1, 1);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_value_stands_at_its_channel_row_and_column(InstructionSet set, int height, int width, int channels, int count)
    {
        var shape = new Shape(height, width, channels);
        var encoding = new InputEncoding(0.0078125f, 128);
        byte[] pixels = Bytes(LaneBlock.Images * shape.Elements);
        using var arena = new NativeArena();
        float* block = arena.Floats((long)shape.Elements * LaneBlock.Images);
        fixed (byte* first = pixels)
        {
            byte** images = stackalloc byte*[LaneBlock.Images];
            for (int image = 0; image < LaneBlock.Images; image++) images[image] = first + (image * shape.Elements);
            new ImageEncoder(shape, encoding, LaneKernels.Of(set)).Encode(images, count, block);
        }

        for (int element = 0; element < shape.Elements; element++)
        {
            (int pixel, int channel) = Math.DivRem(element, channels);
            for (int image = 0; image < LaneBlock.Images; image++)
            {
                float expected = image < count ? encoding.ToReal(pixels[(image * shape.Elements) + element]) : 0;
                Assert.Equal(expected, block[(((channel * height * width) + pixel) * LaneBlock.Images) + image]);
            }
        }
    }

    [Fact]
    public void Squares_of_bytes_are_transposed_alike_by_wide_and_narrow_registers()
    {
        byte[] pixels = Bytes(16 * 20), narrow = new byte[256], wide = new byte[256];
        fixed (byte* first = pixels, a = narrow, b = wide)
        {
            byte** rows = stackalloc byte*[16];
            for (int row = 0; row < 16; row++) rows[row] = first + (row * 20);
            ByteSquare.TransposeNarrow(rows, 3, a);
            if (Avx512BW.IsSupported) ByteSquare.TransposeWide(rows, 3, b);
            else ByteSquare.Transpose(rows, 3, b);
        }

        Assert.Equal([.. from column in Enumerable.Range(0, 16) from row in Enumerable.Range(0, 16) select pixels[(row * 20) + 3 + column]], narrow);
        Assert.Equal(narrow, wide);
    }

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(5).NextBytes(bytes);
        return bytes;
    }
}
