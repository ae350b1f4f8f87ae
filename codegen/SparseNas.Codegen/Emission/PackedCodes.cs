using SparseNas.Codegen.Emission.Code;
using SparseNas.Networks;

namespace SparseNas.Codegen.Emission;

/// <summary>Codes of which two share a byte: channel 2c in the low half of byte c, channel 2c + 1 in the high half (<see cref="ActivationLayout"/>).</summary>
internal static class PackedCodes
{
    private const int Half = ActivationLayout.PackedBits, LowMask = (1 << Half) - 1;

    /// <summary>One code of a pixel.</summary>
    public static Expression Read(Expression array, Expression pixel, Expression channel, Expression offset)
    {
        if (channel is IntConstant { Value: var known })
        {
            Expression both = new Element(array, pixel + (known / 2) + offset);
            return known % 2 == 0 ? both & LowMask : both >> Half;
        }

        Expression value = new Element(array, pixel + (channel >> 1) + offset);
        return new Binary(Operation.ShiftRight, value, (channel & 1) << 2) & LowMask;   // by 0 or by 4
    }

    /// <summary>Writes one code of a pixel, the even channels' first.</summary>
    public static Statement Store(Expression array, Expression pixel, Expression channel, Expression offset, Expression code)
    {
        if (channel is IntConstant { Value: var known }) return Store(array, pixel + (known / 2) + offset, known % 2 == 1, known % 2 == 1, code);
        Expression index = pixel + (channel >> 1) + offset;
        return new If(
            new Condition(channel & 1, Comparison.Less, 1), Block.Of(Store(array, index, false, false, code)), Block.Of(Store(array, index, true, true, code)), 0.5);
    }

    /// <summary>Writes one half of a byte.</summary>
    /// <param name="array">The arena.</param>
    /// <param name="index">The byte.</param>
    /// <param name="isHigh">Whether it is the high half.</param>
    /// <param name="isSecond">Whether the other half is there already.</param>
    /// <param name="code">The code.</param>
    public static Statement Store(Expression array, Expression index, bool isHigh, bool isSecond, Expression code)
    {
        Expression half = isHigh ? code.ToInt() << Half : code.ToInt();
        return new Store(array, index, isSecond ? new Element(array, index) + half : half);
    }
}
