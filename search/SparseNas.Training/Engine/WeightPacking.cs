using System.Runtime.CompilerServices;

namespace SparseNas.Training.Engine;

/// <summary>
/// Reorders weights for tiles: packed[group][reduction][q], where the groups hold Q columns each and the last one what is left.
/// </summary>
/// <param name="Columns">Columns in all.</param>
/// <param name="TileColumns">Q.</param>
/// <param name="Taps">Kernel positions.</param>
/// <param name="Channels">Reduced channels; the reduction dimension is [tap][channel].</param>
/// <param name="ColumnStride">Elements between columns in the source.</param>
/// <param name="TapStride">Elements between taps in the source.</param>
/// <param name="ChannelStride">Elements between reduced channels in the source.</param>
internal sealed unsafe record WeightPacking(
    int Columns, int TileColumns, int Taps, int Channels, int ColumnStride, int TapStride, int ChannelStride)
{
    /// <summary>Elements of the packed form.</summary>
    public int Elements => Columns * Taps * Channels;

    /// <summary>Packs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(float* weights, float* packed)
    {
        for (int first = 0; first < Columns; first += TileColumns)
        {
            int width = Math.Min(TileColumns, Columns - first);
            for (int tap = 0; tap < Taps; tap++)
            {
                float* source = weights + ((nint)first * ColumnStride) + (tap * TapStride);
                for (int channel = 0; channel < Channels; channel++, source += ChannelStride)
                {
                    for (int q = 0; q < width; q++) *packed++ = source[q * ColumnStride];
                }
            }
        }
    }
}
