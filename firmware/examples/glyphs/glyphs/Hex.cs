namespace SparseNas.Device
{
    /// <summary>
    /// Reads lower-case hexadecimal text. Constants travel as string literals because a literal stays in flash,
    /// while an initialised array is copied into the heap.
    /// </summary>
    public static class Hex
    {
        /// <summary>Decodes two digits per byte, at most <paramref name="room"/> bytes from <paramref name="offset"/> on; returns the number that the text holds.</summary>
        public static int Read(string text, byte[] target, int offset, int room)
        {
            int count = text.Length / 2;
            if (count < room) room = count;
            for (int index = 0; index < room; index++)
            {
                target[offset + index] = (byte)((Digit(text[2 * index]) << 4) | Digit(text[2 * index + 1]));
            }

            return count;
        }

        /// <summary>The 32-bit integer in the eight digits from <paramref name="start"/> on, two's complement.</summary>
        public static int ReadInt(string text, int start)
        {
            int value = 0;
            for (int index = 0; index < 8; index++) value = (value << 4) | Digit(text[start + index]);
            return value;
        }

        private static int Digit(char digit)
        {
            return digit <= '9' ? digit - '0' : digit - 'a' + 10;
        }
    }
}
