using SparseNas.Networks;

namespace SparseNas.Training.Data.Glyphs;

/// <summary>
/// Draws one digit in a random hand: bent strokes, rotation, scale, slant, pen width, ink and paper, stray strokes and noise. Uses only
/// additions, multiplications, divisions and square roots in single precision, which IEEE 754 defines to the last bit, so that a seed
/// gives the same bytes on every machine (sines and logarithms would not).
/// </summary>
internal sealed class GlyphPainter
{
    /// <summary>Rows and columns of an image.</summary>
    public const int Side = 28;

    private const int CurveSegments = 5;
    private const float JitterOfBox = 0.04f;
    private const float LargestHalfAngleTangent = 0.13f; // rotation up to ± 15 degrees
    private const float LargestSlant = 0.3f;
    private const float LargestShiftPixels = 2.6f;
    private const int LargestNoise = 36;

    private readonly float[] coverage = new float[Side * Side];

    /// <summary>Paints <paramref name="digit"/> into <paramref name="image"/>, Side · Side bytes.</summary>
    public void Paint(int digit, SeededRandom random, Span<byte> image)
    {
        Array.Clear(coverage);
        Hand hand = Hand.Draw(random);
        var variants = GlyphStrokes.ByDigit[digit];
        foreach (GlyphStroke stroke in variants[random.Next(variants.Length)]) DrawStroke(stroke, hand, random);
        for (int stray = random.Next(3); stray > 0; stray--) DrawStray(random, hand.PenRadiusPixels);
        Expose(hand, random, image);
    }

    private void DrawStroke(GlyphStroke stroke, Hand hand, SeededRandom random)
    {
        GlyphPoint from = hand.Place(stroke.Points[0], random);
        for (int point = 1; point < stroke.Points.Length; point += 2)
        {
            GlyphPoint control = hand.Place(stroke.Points[point], random);
            GlyphPoint to = hand.Place(stroke.Points[point + 1], random);
            GlyphPoint last = from;
            for (int segment = 1; segment <= CurveSegments; segment++)
            {
                GlyphPoint next = OnCurve(from, control, to, segment / (float)CurveSegments);
                DrawSegment(last, next, hand.PenRadiusPixels);
                last = next;
            }

            from = to;
        }
    }

    private static GlyphPoint OnCurve(GlyphPoint from, GlyphPoint control, GlyphPoint to, float t)
    {
        float a = (1 - t) * (1 - t), b = 2 * t * (1 - t), c = t * t;
        return new GlyphPoint((a * from.X) + (b * control.X) + (c * to.X), (a * from.Y) + (b * control.Y) + (c * to.Y));
    }

    // A short line that belongs to no digit, as dirt or the neighbour's pen would leave; it may cross the digit.
    private void DrawStray(SeededRandom random, float penRadiusPixels)
    {
        var from = new GlyphPoint(Side * random.NextSingle(), Side * random.NextSingle());
        var to = new GlyphPoint(from.X + Between(random, -6, 6), from.Y + Between(random, -6, 6));
        DrawSegment(from, to, penRadiusPixels * Between(random, 0.5f, 0.8f));
    }

    // Ink at a pixel falls from 1 to 0 over one pixel around the pen's radius; overlapping strokes do not add up.
    private void DrawSegment(GlyphPoint from, GlyphPoint to, float radiusPixels)
    {
        float reach = radiusPixels + 0.5f;
        int left = Clamp(MathF.Min(from.X, to.X) - reach), right = Clamp(MathF.Max(from.X, to.X) + reach);
        int top = Clamp(MathF.Min(from.Y, to.Y) - reach), bottom = Clamp(MathF.Max(from.Y, to.Y) + reach);
        float alongX = to.X - from.X, alongY = to.Y - from.Y;
        float inverseLengthSquared = 1 / MathF.Max((alongX * alongX) + (alongY * alongY), 1e-6f);
        for (int row = top; row <= bottom; row++)
        {
            for (int column = left; column <= right; column++)
            {
                float x = column + 0.5f - from.X, y = row + 0.5f - from.Y;
                float t = MathF.Min(MathF.Max(((x * alongX) + (y * alongY)) * inverseLengthSquared, 0), 1);
                float awayX = x - (t * alongX), awayY = y - (t * alongY);
                float distanceSquared = (awayX * awayX) + (awayY * awayY);
                if (distanceSquared >= reach * reach) continue;
                float ink = MathF.Min(reach - MathF.Sqrt(distanceSquared), 1);
                ref float pixel = ref coverage[(row * Side) + column];
                if (ink > pixel) pixel = ink;
            }
        }
    }

    // Noise is the sum of four uniform bytes per pixel, nearly normal, with the standard deviation 148 · strength / 256.
    private void Expose(Hand hand, SeededRandom random, Span<byte> image)
    {
        float strength = random.NextSingle() * LargestNoise / 256f;
        for (int start = 0; start < image.Length; start += 2)
        {
            ulong bits = random.NextUInt64();
            for (int pixel = start; pixel < start + 2; pixel++, bits >>= 32)
            {
                int noise = (int)((bits & 255) + ((bits >> 8) & 255) + ((bits >> 16) & 255) + ((bits >> 24) & 255)) - 510;
                float value = hand.Paper + (coverage[pixel] * (hand.Ink - hand.Paper)) + (strength * noise);
                image[pixel] = (byte)MathF.Min(MathF.Max(value + 0.5f, 0), 255);
            }
        }
    }

    private static int Clamp(float pixels) => (int)MathF.Min(MathF.Max(pixels, 0), Side - 1);

    private static float Between(SeededRandom random, float low, float high) => low + ((high - low) * random.NextSingle());

    /// <summary>What is the same for all strokes of one image: the map from the unit box to pixels, and the pen.</summary>
    private readonly record struct Hand(
        float XPerX, float XPerY, float YPerX, float YPerY, float CentreX, float CentreY, float PenRadiusPixels, float Ink, float Paper)
    {
        public static Hand Draw(SeededRandom random)
        {
            float width = Between(random, 9.5f, 15.5f), height = Between(random, 15.5f, 21.5f);
            float slant = Between(random, -LargestSlant, LargestSlant);
            float tangent = Between(random, -LargestHalfAngleTangent, LargestHalfAngleTangent);
            float cosine = (1 - (tangent * tangent)) / (1 + (tangent * tangent)), sine = 2 * tangent / (1 + (tangent * tangent));
            return new Hand(
                width * cosine,
                -height * ((slant * cosine) + sine),
                width * sine,
                height * (cosine - (slant * sine)),
                (Side / 2f) + Between(random, -LargestShiftPixels, LargestShiftPixels),
                (Side / 2f) + Between(random, -LargestShiftPixels, LargestShiftPixels),
                Between(random, 0.75f, 1.7f),
                Between(random, 150, 255),
                Between(random, 0, 50));
        }

        public GlyphPoint Place(GlyphPoint point, SeededRandom random)
        {
            float x = point.X - 0.5f + Between(random, -JitterOfBox, JitterOfBox);
            float y = point.Y - 0.5f + Between(random, -JitterOfBox, JitterOfBox);
            return new GlyphPoint((x * XPerX) + (y * XPerY) + CentreX, (x * YPerX) + (y * YPerY) + CentreY);
        }
    }
}
