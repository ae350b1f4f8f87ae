using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>Rows and columns of an activation; channels play no part in what fits.</summary>
internal readonly record struct Extent(int Height, int Width)
{
    public int Largest => Math.Max(Height, Width);
}

/// <summary>The choices of a block that decide its output extent.</summary>
internal readonly record struct BlockGeometry(int Kernel, int Stride, Padding Padding, Pooling Pooling)
{
    public static BlockGeometry Of(Block block) => new(block.Kernel, block.Sliding.Stride, block.Sliding.Padding, block.Pooling);

    /// <summary>
    /// The output extent, or null when the choices do not fit: a kernel larger than the image sees only padding, a stride or a window larger than
    /// the image does nothing.
    /// </summary>
    public Extent? After(Extent input)
    {
        if (Kernel > input.Largest || (Stride > 1 && input.Largest == 1)) return null;
        bool isSignal = input.Height == 1;
        Window rows = Window.Of(input.Height, isSignal ? 1 : Kernel, Stride, Padding), columns = Window.Of(input.Width, Kernel, Stride, Padding);
        if (rows.Output < 1 || columns.Output < 1) return null;
        if (Pooling.Kind == PoolKind.None) return new Extent(rows.Output, columns.Output);
        if (columns.Output < Pooling.Size || (!isSignal && rows.Output < Pooling.Size)) return null;
        return new Extent(isSignal ? 1 : rows.Output / Pooling.Size, columns.Output / Pooling.Size);
    }

    /// <summary>The extent after the input stage, or null when the input is smaller than one block of pixels.</summary>
    public static Extent? AfterInput(Shape input, int factor)
    {
        Extent extent = new(input.Height == 1 ? 1 : input.Height / factor, input.Width == 1 ? 1 : input.Width / factor);
        return extent.Height < 1 || extent.Width < 1 || (factor > 1 && extent.Largest == 1) ? null : extent;
    }
}
