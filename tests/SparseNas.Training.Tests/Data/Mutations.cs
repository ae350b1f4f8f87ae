using SparseNas.Networks;

namespace SparseNas.Training.Tests.Data;

/// <summary>Damage as disks, transfers and hostile hands cause it: flipped bytes, cuts, insertions, repeats and extreme numbers.</summary>
internal static class Mutations
{
    public static byte[] Of(byte[] good, SeededRandom random)
    {
        var bytes = new List<byte>(good);
        for (int times = 1 + random.Next(3); times > 0; times--)
        {
            int at = random.Next(bytes.Count + 1);
            switch (random.Next(5))
            {
                case 0 when at < bytes.Count: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes.RemoveRange(at, random.Next(bytes.Count - at + 1)); break;
                case 2: bytes.Insert(at, (byte)random.Next(256)); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(0, random.Next(bytes.Count + 1))); break;
                default:
                    for (int index = at; index < Math.Min(at + 4, bytes.Count); index++) bytes[index] = 0xFF;
                    break;
            }
        }

        return [.. bytes];
    }
}
