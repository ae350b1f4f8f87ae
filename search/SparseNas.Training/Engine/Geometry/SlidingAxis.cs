using SparseNas.Networks;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine.Geometry;

/// <summary>Positions along a row of a result under a window that slides over a source with borders, so that none of them lacks a tap.</summary>
/// <param name="Window">The window.</param>
/// <param name="IsGradient">Whether the result is the gradient of the window's input, and the source that of its output.</param>
internal readonly record struct SlidingAxis(Window Window, bool IsGradient)
{
    /// <summary>Positions of the result.</summary>
    public int Positions => IsGradient ? Window.Input : Window.Output;

    /// <summary>How the tiles of a row slide that begin at position 0, or a multiple of the stride further, under so many rows of the window.</summary>
    public TileSlide SlideUnder(int rows) => new(rows, Window.Kernel, Window.Stride, IsGradient, IsGradient ? Window.Before % Window.Stride : 0);

    /// <summary>Where the first input of such a tile lies in a row of the source.</summary>
    public int SourceOf(int position) => IsGradient ? ((position + Window.Before) / Window.Stride) - SlideUnder(1).Lead : Window.Start(position);
}
