namespace SparseNas.Training.Engine.Kernels;

/// <summary>Between [features][16 images] and [16 images][features].</summary>
internal static unsafe class Transposition
{
    /// <summary>rows[n][i] = block[i][n].</summary>
    /// <param name="block">[features][16].</param>
    /// <param name="features">Features.</param>
    /// <param name="rows">Sixteen rows.</param>
    /// <param name="stride">Elements from row to row.</param>
    public static void ToRows(float* block, int features, float* rows, int stride)
    {
        for (int feature = 0; feature < features; feature++)
        {
            float* target = rows + feature;
            for (int image = 0; image < LaneBlock.Images; image++, target += stride) *target = *block++;
        }
    }
}
